/// Searches for the weight decay that turned rows of float32 weights without gradient into their new values.
///
/// It tries a bounded number of short schedules with one factor, then computes one (`DecaySchedule`), and accepts a
/// schedule that reproduces most of the sampled rows bit for bit. The result depends on the run alone.
struct DecaySearch {
    /// The fewest rows that count as evidence.
    private static let fewestRows = 8
    /// Enough rows to compute a schedule again from others if some lead nowhere.
    private static let sampledRows = 128
    /// The most computations of a schedule.
    private static let attempts = 6
    /// The longest one-factor schedule found by trying; longer ones accumulate enough rounding for `DecaySchedule`.
    private static let longestConstant = 32

    // Rows that shrank by about the same share throughout: byte offsets and lengths in words.
    private var rows: [(offset: Int, count: Int)] = []
    private let new: UnsafeRawPointer
    private let base: UnsafeRawPointer
    // Eight words of a row; nearly every wrong schedule fails on them.
    private var probe = SIMD8<Float>()
    private var target = SIMD8<Float>()
    /// The measured sum of the k of all steps.
    private var decay = 0.0

    /// Returns the decay of a run, or nil if none is found.
    static func find(_ new: UnsafeRawPointer, base: UnsafeRawPointer, parts: [RunPart]) -> DecayReplay? {
        var search = DecaySearch(new: new, base: base)
        search.collectRows(parts)
        guard search.rows.count >= fewestRows else { return nil }
        search.measure()
        return search.constant() ?? search.schedule()
    }

    private init(new: UnsafeRawPointer, base: UnsafeRawPointer) {
        self.new = new
        self.base = base
    }

    private mutating func collectRows(_ parts: [RunPart]) {
        var offset = 0
        for part in parts {
            var left = part.words
            while left > 0 {
                let count = min(part.row, left)
                if count >= 64, hasShrunkEvenly(offset, count: 8), hasShrunkEvenly(offset, count: count) {
                    rows.append((offset, count))
                    if rows.count == DecaySearch.sampledRows { return }
                }
                offset += 4 * count
                left -= count
            }
        }
    }

    /// Whether all words shrank by about the same share; rounding alone makes shares differ up to twofold.
    private func hasShrunkEvenly(_ offset: Int, count: Int) -> Bool {
        var least = Float.infinity
        var most: Float = 0
        for index in 0..<count {
            let old = base.loadUnaligned(fromByteOffset: offset + 4 * index, as: Float.self)
            let word = new.loadUnaligned(fromByteOffset: offset + 4 * index, as: Float.self)
            let share = (old - word) / old
            guard share > 0, share < 0.25 else { return false }
            least = min(least, share)
            most = max(most, share)
        }
        return most <= 2.5 * least
    }

    private mutating func measure() {
        var before = 0.0
        var after = 0.0
        for row in rows {
            for index in 0..<row.count {
                before += Double(base.loadUnaligned(fromByteOffset: row.offset + 4 * index, as: Float.self).magnitude)
                after += Double(new.loadUnaligned(fromByteOffset: row.offset + 4 * index, as: Float.self).magnitude)
            }
        }
        let share = (before - after) / before
        // The logarithm of 1 - share, to as many terms of its series as matter here.
        decay = share * (1 + share * (0.5 + share * (1.0 / 3 + share / 4))) * 0x1p24
        probe = base.loadUnaligned(fromByteOffset: rows[0].offset, as: SIMD8<Float>.self)
        target = new.loadUnaligned(fromByteOffset: rows[0].offset, as: SIMD8<Float>.self)
    }

    /// Whether most rows come out bit for bit; a few may have had a small gradient too.
    private func isExact(_ replay: DecayReplay) -> Bool {
        let exact = rows.count { replay.reproduces(new + $0.offset, from: base + $0.offset, count: $0.count) }
        return exact * 2 > rows.count
    }

    /// Finds a schedule with one factor.
    ///
    /// Rounding makes a small decay look larger or smaller than it is, so a range of factors is tried.
    private func constant() -> DecayReplay? {
        for steps in 1...DecaySearch.longestConstant {
            let mean = decay / Double(steps)
            guard mean > 0.5, mean < Double(DecayReplay.maximumK) / 2 else { continue }
            let slack = max(1, min(0.4 * mean, 16 + 0.01 * mean))
            for k in max(1, Int(mean - slack))...Int(mean + slack + 1) {
                var words = probe
                let factor = DecayReplay.factor(k)
                for _ in 0..<steps { words *= SIMD8(repeating: factor) }
                guard words == target else { continue }
                var replay = DecayReplay()
                for _ in 0..<steps { replay.append(k: k) }
                if isExact(replay) { return replay }
            }
        }
        return nil
    }

    /// Finds a schedule with falling or rising factors.
    ///
    /// Whether least squares find it depends on the words used, so other words are tried on failure.
    private func schedule() -> DecayReplay? {
        var rest = rows[...]
        for _ in 0..<DecaySearch.attempts {
            var schedule = DecaySchedule()
            while !schedule.isFull, let row = rest.popFirst() {
                for index in 0..<row.count {
                    schedule.append(
                        base.loadUnaligned(fromByteOffset: row.offset + 4 * index, as: Float.self),
                        new.loadUnaligned(fromByteOffset: row.offset + 4 * index, as: Float.self))
                }
            }
            if let replay = schedule.solve(), isExact(replay) { return replay }
            if rest.isEmpty { return nil }
        }
        return nil
    }
}

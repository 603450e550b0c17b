/// Finds the steps of a decay whose factors only fall or only rise, for a schedule of any shape.
///
/// A step with the factor 1 - k * 2^-24 subtracts `round(m * k * 2^-24)` units in the last place from a word with the
/// integer mantissa `m` below 2^24. The rounding error depends on `m` and `k` like noise, so least squares over the
/// differences of many words determine the number of steps with each `k`. Because `m` changes along the way, the steps
/// are replayed and the squares rebuilt until the replay is exact. The order of the arithmetic is fixed.
struct DecaySchedule {
    private static let words = 1024
    private static let rounds = 10
    /// The mean distance, in units, to reach within three rounds.
    private static let promising = 96.0
    /// The largest k searched for.
    private static let largestK = 1024
    /// The mean distance, in units, below which moving single steps is worthwhile.
    private static let nearEnough = 16.0
    /// The most vector multiplications spent on moving steps.
    private static let budget = 400_000

    // Words before and after the decay, a multiple of 8, all with an unchanged exponent.
    private var before: [Float] = []
    private var after: [Float] = []
    private var mantissas: [Double] = []
    private var differences: [Double] = []
    // The mantissas before the decay.
    private var starts: [Double] = []

    /// Whether further words would be ignored.
    var isFull: Bool { before.count >= DecaySchedule.words }

    /// Adds a word of a decayed row.
    mutating func append(_ old: Float, _ new: Float) {
        guard !isFull, old.isNormal, old.exponent == new.exponent else { return }
        before.append(old)
        after.append(new)
        let (from, to) = (DecaySchedule.mantissa(old), DecaySchedule.mantissa(new))
        mantissas.append((from + to) / 2)
        differences.append(from - to)
        starts.append(from)
    }

    /// Returns the steps that reproduce the words exactly, or nil if none are found.
    mutating func solve() -> DecayReplay? {
        let count = before.count & ~7
        guard count >= 256 else { return nil }
        before.removeLast(before.count - count)
        after.removeLast(after.count - count)
        mantissas.removeLast(mantissas.count - count)
        differences.removeLast(differences.count - count)
        starts.removeLast(starts.count - count)
        guard let middle = likeliestK() else { return nil }
        var squares = DecaySquares(around: middle, starts: starts, mantissas: mantissas)
        var best: (steps: DecaySteps, distance: Double)?
        for round in 0..<DecaySchedule.rounds {
            guard let counts = squares.solve(differences) else { return nil }
            if round == 0, squares.unexplained(differences, counts) > 0.5 { return nil }
            let tried = [false, true].map { rises -> (DecaySteps, Double) in
                let steps = DecaySteps(lowest: squares.lowest, expected: counts, rises: rises)
                return (steps, distance(steps, words: count))
            }
            let nearer = tried[0].1 <= tried[1].1 ? tried[0] : tried[1]
            guard nearer.1.isFinite else { break }
            if nearer.1 < best?.distance ?? .infinity { best = nearer }
            if best?.distance == 0 || round >= 3 && nearer.1 > DecaySchedule.promising { break }
            replay(nearer.0, into: &squares)
        }
        guard var best, best.distance < DecaySchedule.nearEnough else { return nil }
        if best.distance > 0 { best.steps = moved(best.steps) }
        guard distance(best.steps, words: count) == 0 else { return nil }
        return best.steps.replay
    }

    /// The k around which the differences most resemble those of decay steps.
    private func likeliestK() -> Int? {
        let count = min(before.count, 512)
        var sum = 0.0
        var size = 0.0
        for index in 0..<count {
            sum += differences[index]
            size += mantissas[index]
        }
        guard sum > 0 else { return nil }
        let mantissas = self.mantissas.prefix(count).map { Float($0 * 0x1p-24) }
        let rests = zip(differences, self.mantissas).prefix(count).map { Float($0 - $1 * (sum / size)) }
        var scores = [Float](repeating: 0, count: DecaySchedule.largestK + 5)
        mantissas.withUnsafeBytes { mantissas in
            rests.withUnsafeBytes { rests in
                for k in 1...DecaySchedule.largestK {
                    var products = SIMD8<Float>()
                    var powers = SIMD8<Float>()
                    for place in stride(from: 0, to: 4 * count, by: 32) {
                        let exact = mantissas.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self) * Float(k)
                        let noise = ((exact + 0x1.8p23) - 0x1.8p23) - exact
                        products += noise * rests.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
                        powers += noise * noise
                    }
                    scores[k + 2] = max(0, RowScale.total(products) / max(RowScale.total(powers), 1e-6))
                }
            }
        }
        var best = (k: 1, score: -Float.infinity)
        for k in 1...DecaySchedule.largestK {
            let score = scores[k] + scores[k + 1] + scores[k + 2] + scores[k + 3] + scores[k + 4]
            if score > best.score { best = (k, score) }
        }
        return best.k
    }

    /// The mean distance, in units, between the words and the result of the steps.
    private func distance(_ steps: DecaySteps, words: Int) -> Double {
        guard (1...DecayReplay.maximumSteps).contains(steps.total) else { return .infinity }
        var sum = 0.0
        for place in stride(from: 0, to: words, by: 32) {
            let end = min(words, place + 32)
            var block = Array(before[place..<end])
            block.withUnsafeMutableBytes { steps.apply($0) }
            for index in place..<end {
                sum += (DecaySchedule.mantissa(block[index - place]) - DecaySchedule.mantissa(after[index])).magnitude
            }
        }
        return sum / Double(words)
    }

    /// Records what the steps of each k subtract along the way.
    private func replay(_ steps: DecaySteps, into squares: inout DecaySquares) {
        var words = before
        var from = starts
        for (k, count) in steps.stretches {
            let factor = DecayReplay.factor(k)
            for index in words.indices {
                var word = words[index]
                for _ in 0..<count { word *= factor }
                words[index] = word
            }
            let to = words.map(DecaySchedule.mantissa)
            squares.replaceColumn(zip(from, to).map { ($0 - $1) / Double(count) }, k: k)
            from = to
        }
    }

    /// Adds, removes or moves single steps as long as that reduces the distance.
    private func moved(_ start: DecaySteps) -> DecaySteps {
        let words = min(before.count, 128)
        var steps = start
        var nearest = distance(steps, words: words)
        var spent = 0
        while nearest > 0 {
            var best: (steps: DecaySteps, distance: Double)?
            for candidate in steps.neighbours {
                spent += candidate.total * words / 8
                guard spent < DecaySchedule.budget else { return steps }
                let distance = distance(candidate, words: words)
                if distance < best?.distance ?? nearest { best = (candidate, distance) }
            }
            guard let best else { return steps }
            (steps, nearest) = best
        }
        return steps
    }

    /// The integer mantissa, including the implicit leading one.
    private static func mantissa(_ word: Float) -> Double {
        Double(word.bitPattern & 0x7F_FFFF | 0x80_0000)
    }
}

/// The steps of a decay whose factors only fall or only rise: a count for each k.
struct DecaySteps {
    /// The k of the first count.
    var lowest: Int
    /// The number of steps for `lowest` and each following k.
    var counts: [Int]
    /// Whether the steps start with the smallest k.
    var rises: Bool

    /// Rounds expected counts, some too small and some too large, to whole steps.
    ///
    /// The running sums must not fall: each becomes the mean of the largest sum before it and the smallest after it.
    init(lowest: Int, expected: [Double], rises: Bool) {
        self.lowest = lowest
        self.rises = rises
        var sums: [Double] = []
        var sum = 0.0
        for count in expected {
            sum += count
            sums.append(sum)
        }
        var behind = sums
        for index in behind.indices.dropLast().reversed() { behind[index] = min(behind[index], behind[index + 1]) }
        counts = []
        var before = -Double.infinity
        var last = 0.0
        for index in sums.indices {
            before = max(before, sums[index])
            let next = max(last, min(((before + behind[index]) / 2).rounded(), sum.rounded()))
            counts.append(Int(next - last))
            last = next
        }
    }

    /// The number of steps.
    var total: Int { counts.reduce(0, +) }

    /// The steps in order, with equal ones grouped.
    var stretches: [(k: Int, count: Int)] {
        let all = counts.enumerated().filter { $0.element > 0 }.map { (k: lowest + $0.offset, count: $0.element) }
        return rises ? all : all.reversed()
    }

    /// The steps as a replay.
    var replay: DecayReplay {
        var replay = DecayReplay()
        for (k, count) in stretches {
            for _ in 0..<count { replay.append(k: k) }
        }
        return replay
    }

    /// The schedules that differ by one step: one added, one removed, or one moved to a nearby k.
    var neighbours: [DecaySteps] {
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
            return []
        }
        var result: [DecaySteps] = []
        let range = max(0, first - 2)...min(counts.count - 1, last + 2)
        for index in range {
            var more = self
            more.counts[index] += 1
            result.append(more)
            guard counts[index] > 0 else { continue }
            var fewer = self
            fewer.counts[index] -= 1
            result.append(fewer)
            for other in max(range.lowerBound, index - 3)...min(range.upperBound, index + 3) where other != index {
                var moved = fewer
                moved.counts[other] += 1
                result.append(moved)
            }
        }
        return result
    }

    /// Decays words in place; at most 32 of them, a multiple of eight.
    @inline(__always)
    func apply(_ words: UnsafeMutableRawBufferPointer) {
        var lanes = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
        let count = words.count / 32
        if count > 0 { lanes.0 = words.loadUnaligned(fromByteOffset: 0, as: SIMD8<Float>.self) }
        if count > 1 { lanes.1 = words.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self) }
        if count > 2 { lanes.2 = words.loadUnaligned(fromByteOffset: 64, as: SIMD8<Float>.self) }
        if count > 3 { lanes.3 = words.loadUnaligned(fromByteOffset: 96, as: SIMD8<Float>.self) }
        for (k, count) in stretches {
            let factor = SIMD8(repeating: DecayReplay.factor(k))
            for _ in 0..<count {
                lanes.0 *= factor
                lanes.1 *= factor
                lanes.2 *= factor
                lanes.3 *= factor
            }
        }
        if count > 0 { words.storeBytes(of: lanes.0, toByteOffset: 0, as: SIMD8<Float>.self) }
        if count > 1 { words.storeBytes(of: lanes.1, toByteOffset: 32, as: SIMD8<Float>.self) }
        if count > 2 { words.storeBytes(of: lanes.2, toByteOffset: 64, as: SIMD8<Float>.self) }
        if count > 3 { words.storeBytes(of: lanes.3, toByteOffset: 96, as: SIMD8<Float>.self) }
    }
}

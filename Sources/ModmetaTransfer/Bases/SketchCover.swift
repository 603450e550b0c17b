internal import ModmetaFormats

/// Chooses stored files that together have the tensors of a new one, going by their sketches alone.
///
/// A shard of a checkpoint that was cut anew has little in common with any one stored shard, and everything with two or
/// three of them: what counts is how many of the new file's tensors a stored file adds.
struct SketchCover {
    private let features: Set<UInt64>

    init(of layout: Layout) { features = Sketch.features(of: layout) }

    /// The objects to look at, best first; those with equal claims from the latest to the oldest.
    ///
    /// - Parameter leastGain: the share of the new file's tensors that makes an object worth looking at.
    func choose(from sketches: some Sequence<Sketch>, limit: Int, leastGain: Double) -> [ObjectID] {
        var candidates = sketches.map { ($0, $0.features(in: features)) }.filter { !$0.1.isEmpty }
        candidates.sort { ($0.0.stored, $0.0.object) > ($1.0.stored, $1.0.object) }
        var missing = features
        var chosen: [ObjectID] = []
        while chosen.count < limit, !missing.isEmpty {
            var best: (index: Int, gain: Double)?
            for (index, candidate) in candidates.enumerated() {
                let gain = candidate.0.estimatedShare(of: features, from: candidate.1.intersection(missing).count)
                if gain > best?.gain ?? 0 { best = (index, gain) }
            }
            guard let best, best.gain >= leastGain else { break }
            chosen.append(candidates[best.index].0.object)
            missing.subtract(candidates[best.index].1)
            candidates.remove(at: best.index)
        }
        return chosen
    }
}

extension Sketch {
    /// The features of a file that are known to be in this one.
    func features(in other: Set<UInt64>) -> Set<UInt64> { other.intersection(features) }

    /// The share of a file's features that is here, going by how many of those small enough to be kept are.
    func estimatedShare(of other: Set<UInt64>, from count: Int) -> Double {
        guard features.count == Sketch.featureLimit, let last = features.last else {
            return Double(count) / Double(max(1, other.count))
        }
        let comparable = other.reduce(0) { $0 + ($1 <= last ? 1 : 0) }
        return comparable == 0 ? 0 : Double(count) / Double(comparable)
    }

    /// The share of a file's features that is here.
    func share(of other: Set<UInt64>) -> Double { estimatedShare(of: other, from: features(in: other).count) }
}

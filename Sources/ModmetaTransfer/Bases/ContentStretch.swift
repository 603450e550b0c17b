internal import ModmetaFormats

/// A run of bytes of a new file and the run of a stored one that it is a later version of, found by content.
struct ContentStretch: Hashable, Sendable {
    /// The bytes of the new file.
    var range: Range<UInt64>
    /// Which of the stored files, by its place among the bases.
    var file: Int
    /// The first of as many bytes of the stored file.
    var start: UInt64

    /// The bytes of the stored file that part of the run corresponds to.
    func counterpart(of part: Range<UInt64>) -> Range<UInt64> {
        let lower = start + (part.lowerBound - range.lowerBound)
        return lower..<lower + (part.upperBound - part.lowerBound)
    }
}

/// Places that agree with each other.
private struct Run {
    var first: ContentHit
    var last: ContentHit
    var count = 1

    /// The bytes of the new tensor that the stored tensor has a counterpart for, going by these places.
    func reach(_ tensor: Layout.Tensor, _ stored: Layout.Tensor) -> Range<UInt64> {
        // The place lies in both tensors, so that neither difference is negative.
        let before = min(first.position - tensor.range.lowerBound, first.found - stored.range.lowerBound)
        let behind = min(tensor.range.upperBound - first.position, stored.range.upperBound - first.found)
        return first.position - before..<first.position + behind
    }
}

/// A place of a new tensor that was found in a stored one.
struct ContentHit {
    /// Where the place ends in the new file.
    var position: UInt64
    /// The stored tensor, by its place in its file's layout.
    var tensor: Int
    /// Where the place ends in the stored file.
    var found: UInt64

    /// Whether another place lies as far from this one in both files.
    func agrees(with other: ContentHit) -> Bool {
        tensor == other.tensor && found &- position == other.found &- other.position
    }
}

extension ContentStretch {
    /// The stretches that places of one tensor stand for.
    ///
    /// Places that agree with no other are chance. A run goes on from its places in both directions as far as both tensors
    /// reach, or to where the next run must begin.
    ///
    /// - Parameters:
    ///   - hits: in the order of their positions.
    ///   - layout: the stored file's.
    static func stretches(
        of tensor: Layout.Tensor, hits: [ContentHit], in layout: Layout, file: Int
    ) -> [ContentStretch] {
        var runs: [Run] = []
        for hit in hits {
            if let last = runs.last, last.last.agrees(with: hit) {
                runs[runs.count - 1].last = hit
                runs[runs.count - 1].count += 1
            } else {
                runs.append(Run(first: hit, last: hit))
            }
        }
        // A lone place in the middle of a run parts it: without it the run is whole again.
        var kept: [Run] = []
        for run in runs where run.count > 1 {
            if let last = kept.last, last.last.agrees(with: run.first) {
                kept[kept.count - 1].last = run.last
                kept[kept.count - 1].count += run.count
            } else {
                kept.append(run)
            }
        }
        let row = max(1, tensor.shape.first.map { UInt64(tensor.range.count) / max(1, $0) } ?? 1)
        var stretches: [ContentStretch] = []
        var end = tensor.range.lowerBound
        for (index, run) in kept.enumerated() {
            let reach = run.reach(tensor, layout.tensors[run.first.tensor])
            let start = max(end, reach.lowerBound)
            var stop = reach.upperBound
            if index + 1 < kept.count {
                let next = kept[index + 1]
                let nextReach = next.reach(tensor, layout.tensors[next.first.tensor])
                if stop > next.first.position {
                    let least = max(run.last.position, nextReach.lowerBound)
                    // Somewhere between the last place of one and the first of the next; rows stay whole.
                    let middle = (run.last.position + next.first.position) / 2
                    let rows = (middle - tensor.range.lowerBound) / row * row + tensor.range.lowerBound
                    stop = nextReach.lowerBound >= run.last.position ? least : max(run.last.position, rows)
                }
            }
            guard start < stop else { continue }
            stretches.append(
                ContentStretch(range: start..<stop, file: file, start: start &+ run.first.found &- run.first.position))
            end = stop
        }
        return stretches
    }
}

extension ContentStretch {
    /// Fills the holes that some stretches of a tensor leave with parts of others.
    static func merged(_ present: [ContentStretch], with others: [ContentStretch]) -> [ContentStretch] {
        var result = present
        for other in others {
            var start = other.range.lowerBound
            for taken in present where taken.range.overlaps(other.range) && start < other.range.upperBound {
                if start < taken.range.lowerBound { result.append(other.part(start..<taken.range.lowerBound)) }
                start = max(start, taken.range.upperBound)
            }
            if start < other.range.upperBound { result.append(other.part(start..<other.range.upperBound)) }
        }
        return result.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private func part(_ part: Range<UInt64>) -> ContentStretch {
        ContentStretch(range: part, file: file, start: counterpart(of: part).lowerBound)
    }
}

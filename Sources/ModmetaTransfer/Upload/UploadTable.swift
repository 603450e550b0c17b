internal import ModmetaFormats
internal import Synchronization

/// What has become of an object's chunks so far; shared by the workers of one upload.
final class UploadTable: Sendable {
    private struct State {
        var outcomes: [Int: ChunkOutcome] = [:]
        var claims: [ChunkID: Int] = [:]
        var bytes: UInt64 = 0
        /// The end of the last matching run, by base: in this file, and in the base's.
        var matches: [Int: (end: UInt64, baseEnd: UInt64)] = [:]
    }

    private let state = Mutex(State())

    /// Makes a chunk the business of the caller, or returns the index of another that is equal and came before.
    func claim(_ chunk: ChunkID, index: Int) -> Int? {
        state.withLock { state in
            if let earlier = state.claims[chunk], earlier != index { return earlier }
            state.claims[chunk] = index
            return nil
        }
    }

    /// Records what became of the chunk at an index.
    func set(_ outcome: ChunkOutcome, at index: Int) {
        state.withLock { $0.outcomes[index] = outcome }
    }

    /// Adds to the bytes that are dealt with and returns their sum.
    func dealtWith(_ count: Int) -> UInt64 {
        state.withLock { state in
            state.bytes += UInt64(count)
            return state.bytes
        }
    }

    /// The outcomes in file order; every chunk must have one, and a repeated one refers to an earlier index.
    func outcomes() -> [ChunkOutcome] {
        state.withLock { state in
            // The claim of two equal chunks goes to the worker that came first, which may have the later index.
            var order: [ChunkOutcome] = []
            for index in 0..<state.outcomes.count {
                guard let outcome = state.outcomes[index] else { preconditionFailure("chunk \(index) has no outcome") }
                if case .repeated(let other) = outcome, other > index, let real = state.outcomes[other] {
                    order.append(real)
                } else {
                    order.append(outcome)
                }
            }
            return order
        }
    }

    // MARK: Following an opaque file along its base

    /// Notes that a range of the file equals an entry, which a base may have.
    func noteMatch(of range: Range<UInt64>, base index: Int, entry: Int, in bases: BaseSet) {
        guard let baseEnd = bases.end(of: entry, file: index) else { return }
        state.withLock { state in
            if range.upperBound > state.matches[index]?.end ?? 0 {
                state.matches[index] = (range.upperBound, baseEnd)
            }
        }
    }

    /// Where in a base's file a range is expected, going by the last run that matched before it.
    func expectedOffset(of range: Range<UInt64>, base index: Int) -> UInt64 {
        state.withLock { state in
            guard let match = state.matches[index], match.end <= range.lowerBound else { return range.lowerBound }
            return match.baseEnd + (range.lowerBound - match.end)
        }
    }
}

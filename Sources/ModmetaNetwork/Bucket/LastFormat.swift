internal import Synchronization

/// The format document of a bucket that was read last: a generation never changes, so that to list its file is to know it.
final class LastFormat: Sendable {
    private struct State: Sendable {
        var known: (file: BucketEntry, document: [UInt8])?
        var wasAskedFor = false
    }

    private let state = Mutex(State())

    /// Whether the document is asked for the first time; true once.
    func isFirstQuestion() -> Bool {
        state.withLock { state in
            defer { state.wasAskedFor = true }
            return !state.wasAskedFor
        }
    }

    /// The document in a file that was listed; nil if that is not the one that was read last.
    func document(of file: BucketEntry) -> [UInt8]? {
        state.withLock { $0.known?.file == file ? $0.known?.document : nil }
    }

    /// Notes what a file holds.
    func note(_ document: [UInt8], of file: BucketEntry) { state.withLock { $0.known = (file, document) } }

    /// Forgets what was read.
    func forget() { state.withLock { $0.known = nil } }
}

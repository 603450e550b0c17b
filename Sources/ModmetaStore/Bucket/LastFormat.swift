internal import Synchronization

/// The format document of a bucket that was read last: a generation never changes, so that to list its file is to know it.
final class LastFormat: Sendable {
    private let known = Mutex<(file: BucketEntry, document: [UInt8])?>(nil)

    /// The document in a file that was listed; nil if that is not the one that was read last.
    func document(of file: BucketEntry) -> [UInt8]? {
        known.withLock { $0?.file == file ? $0?.document : nil }
    }

    /// Notes what a file holds.
    func note(_ document: [UInt8], of file: BucketEntry) { known.withLock { $0 = (file, document) } }

    /// Forgets what was read.
    func forget() { known.withLock { $0 = nil } }
}

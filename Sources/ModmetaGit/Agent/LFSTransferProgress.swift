/// The progress replies of one transfer: never falling, never past the object's size, never after the end.
struct LFSTransferProgress: Sendable {
    private let oid: String
    private let size: UInt64
    private var reported: UInt64 = 0

    init(oid: String, size: UInt64) {
        self.oid = oid
        self.size = size
    }

    /// The reply for so many bytes done, or nil where git-lfs already knows of as many.
    mutating func reached(_ bytes: UInt64) -> LFSAgentReply? {
        let bytes = min(bytes, size)
        guard bytes > reported else { return nil }
        defer { reported = bytes }
        return .progress(oid: oid, bytesSoFar: bytes, bytesSinceLast: bytes - reported)
    }

    /// The reply that all bytes are done, or nil where git-lfs knows.
    mutating func reachedEnd() -> LFSAgentReply? { reached(size) }
}

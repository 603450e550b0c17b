internal import ModmetaFormats
internal import ModmetaStore

/// An object on its way out of a store that has it whole: ranges arrive at the same time, and are written in order.
///
/// So what an interrupted download left is a prefix, which is gone on with.
actor WholeObjectJob {
    /// The bytes that are asked for at once.
    private static let rangeLength: UInt64 = 4 << 20

    private let context: TransferContext
    private let object: ObjectID
    private let size: UInt64
    private let file: LocalFile
    private let progress: @Sendable (UInt64) -> Void
    private var hash: SHA256? = SHA256()
    /// How much of the file is written and hashed.
    private var end: UInt64 = 0
    /// Ranges that arrived before those in front of them, by their start; they keep their places in the window.
    private var early: [UInt64: (bytes: [UInt8], passage: Passage)] = [:]

    init(
        context: TransferContext, object: ObjectID, size: UInt64, file: LocalFile,
        progress: @escaping @Sendable (UInt64) -> Void
    ) {
        self.context = context
        self.object = object
        self.size = size
        self.file = file
        self.progress = progress
    }

    /// Brings the object into the file.
    ///
    /// - Parameter prefix: how many bytes of the file an earlier attempt wrote.
    /// - Returns: whether the file's bytes are the object's: neither ranges nor what was there have a hash of their own.
    func run(after prefix: UInt64) async throws -> Bool {
        try readPrefix(prefix)
        try file.truncate(to: end)
        // Whether a server can send ranges shows with the first.
        if end < size { try await bring(end..<min(size, end + Self.rangeLength)) }
        try await withThrowingDiscardingTaskGroup { group in
            var start = end
            while start < size, !group.isCancelled {
                let range = start..<min(size, start + Self.rangeLength)
                let passage = try await context.receiving.enter(range.count)
                group.addTask { try await self.bring(range, passage) }
                start = range.upperBound
            }
        }
        context.trace.emit(.objectGet, object: object, bytes: Int(size))
        return hash.take()?.finish() == object.digest || context.omissions.contains(.wholeFileHash)
    }

    /// Hashes what is there, up to the last whole range.
    private func readPrefix(_ prefix: UInt64) throws {
        while end + Self.rangeLength <= min(prefix, size) {
            try Task.checkCancellation()
            hash?.update(try file.read(at: end, count: Int(Self.rangeLength)))
            end += Self.rangeLength
            progress(end)
        }
    }

    private func bring(_ range: Range<UInt64>) async throws {
        try await bring(range, try await context.receiving.enter(range.count))
    }

    private func bring(_ range: Range<UInt64>, _ passage: Passage) async throws {
        let bytes = try await passage.carry(range.count) {
            try await context.store.read(.object(object), range: range)
        }
        early[range.lowerBound] = (bytes, passage)
        while let next = early.removeValue(forKey: end) {
            try file.write(next.bytes, at: end)
            hash?.update(next.bytes)
            end += UInt64(next.bytes.count)
            progress(end)
        }
    }
}

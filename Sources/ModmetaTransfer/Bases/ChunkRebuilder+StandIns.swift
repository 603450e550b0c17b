internal import ModmetaFormats
internal import ModmetaStore

// Raw bytes that a repair has put in the place of payloads; docs/formats/store.md, "Stand-ins".
extension ChunkRebuilder {
    /// Whether an error says that the store has lost something, so that a stand-in may help.
    static func isLoss(_ error: any Error) -> Bool {
        if let error = error as? TransferError { return error.code == .missing || error.code == .corrupt }
        if let error = error as? StoreError { return error.code == .missing || error.code == .corrupt }
        return false
    }

    /// An entry's raw bytes as a repair stored them; nil if the store does not have them.
    func standIn(for entry: Manifest.Entry) async throws -> [UInt8]? {
        // A raw payload is its chunk.
        guard entry.encoding != .raw else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try await context.store.read(.standIn(entry.chunk), limit: entry.rawLength)
        } catch let error as StoreError where error.code == .missing || error.code == .corrupt {
            return nil
        }
        guard bytes.count == entry.rawLength, SHA256.hash(bytes) == entry.chunk.digest else { return nil }
        context.trace.emit(.payloadGet, object: purpose, name: entry.chunk.digest, bytes: bytes.count)
        return bytes
    }
}

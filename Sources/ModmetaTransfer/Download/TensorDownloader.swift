public import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Brings some tensors of objects out of a store, reading only the chunks that hold them.
public struct TensorDownloader: Sendable {
    let context: TransferContext

    /// Creates a downloader.
    public init(context: TransferContext) { self.context = context }

    /// Finds the tensors of an object by its manifest, or by the header of an object that the store has whole.
    ///
    /// - Returns: nil if the store has neither.
    /// - Throws: `TransferError` if the manifest cannot be used, or the object is no safetensors file.
    public func select(
        _ object: ObjectID, size: UInt64, where isWanted: (String) -> Bool
    ) async throws -> TensorSelection? {
        guard let manifest = try await context.manifest(of: object) else {
            return try await wholeLayout(of: object, size: size).map { layout in
                TensorSelection(object, layout.tensors.filter { isWanted($0.name) }, whole: size)
            }
        }
        guard manifest.layout.size == size else {
            throw TransferError(
                .corrupt,
                "the store's manifest of \(object) is for \(manifest.layout.size) bytes, the pointer says \(size)")
        }
        guard manifest.layout.format == .safetensors else {
            return TensorSelection(object, [], of: BaseManifest(manifest))
        }
        return TensorSelection(object, manifest.layout.tensors.filter { isWanted($0.name) }, of: BaseManifest(manifest))
    }

    /// Writes the tensors of selections as one safetensors file.
    ///
    /// May be repeated after any interruption with the same file: chunks whose parts were written are not read again.
    /// Every chunk is checked against its id before any of its bytes are written.
    ///
    /// - Parameters:
    ///   - path: a file to be made or gone on with; what is written of it is noted in `<path>.done`.
    ///   - progress: receives how many bytes of tensors are there.
    /// - Throws: `TransferError`; `FormatError` if two tensors have one name.
    public func download(
        _ selections: [TensorSelection], to path: String, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let selections = try await withCopies(of: selections)
        let header = try SafetensorsHeader.serialized(selections.flatMap(\.tensors))
        let file = try LocalFile(updating: path)
        guard file.lock() else {
            throw TransferError(
                .local, "another process is writing \(HeldDirectory.shown(path)); wait until it is done")
        }
        let journal = try TensorJournal(path: "\(path).done", header: header)
        let pieces = TensorPiece.all(of: selections, from: UInt64(header.count))
        let total = selections.flatMap(\.tensors).reduce(UInt64(header.count)) { $0 + UInt64($1.range.count) }
        try file.write(header, at: 0)
        try file.truncate(to: total)
        let rebuilders = selections.compactMap { selection in
            selection.base.map { ChunkRebuilder($0, for: selection.object, in: context) }
        }
        do {
            try await TensorJob(
                context: context, pieces: pieces, rebuilders: rebuilders, file: file, journal: journal,
                progress: progress
            ).run()
        } catch let error as TransferError where error.code == .changed {
            // What the journal says may be what is wrong.
            journal.remove()
            throw error
        }
        journal.remove()
    }
}

internal import Glibc
internal import ModmetaDelta
public import ModmetaFormats
internal import ModmetaStore

/// Brings LFS objects out of a store.
public struct Downloader: Sendable {
    private let context: TransferContext

    /// Creates a downloader.
    public init(context: TransferContext) { self.context = context }

    /// Rebuilds an object beside its destination and proves its hash.
    ///
    /// May be repeated after any interruption: chunks that arrived are not read again.
    ///
    /// - Parameter progress: receives how many of the object's bytes are there.
    /// - Returns: the complete file, to be kept until its path was moved away.
    /// - Throws: `TransferError` if the store cannot give the object; no file with wrong bytes is ever returned.
    public func download(
        _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> PartialFile {
        let partial = try PartialFile(object: object, directory: context.partialDirectory)
        let manifest: Manifest?
        do {
            manifest = try await context.manifest(of: object)
        } catch let error as TransferError where error.code == .corrupt {
            // A damaged manifest does not matter where the object is there whole.
            guard try await context.store.size(of: .object(object)) == size else { throw error }
            manifest = nil
        }
        if let manifest {
            guard manifest.layout.size == size else {
                throw TransferError(
                    .corrupt,
                    "the store's manifest of \(object) is for \(manifest.layout.size) bytes, the pointer says \(size)")
            }
            let job = DownloadJob(
                context: context, object: object, base: BaseManifest(manifest), file: partial.file, progress: progress)
            try await job.run()
        } else {
            try await downloadWhole(object, size: size, into: partial.file, progress: progress)
        }
        progress(size)
        return partial
    }

    private func downloadWhole(
        _ object: ObjectID, size: UInt64, into file: LocalFile, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        guard let stored = try await context.store.size(of: .object(object)) else {
            throw TransferError(
                .missing,
                "the store does not have object \(object); push it from a repository that has it: "
                    + "git lfs push --object-id <remote> \(object)")
        }
        guard stored == size else {
            throw TransferError(
                .corrupt,
                "object \(object) has \(stored) bytes in the store, the pointer says \(size); "
                    + "run `modmeta store verify`")
        }
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < size {
            let bytes = try await context.store.read(.object(object), range: offset..<min(size, offset + 4 << 20))
            hash.update(bytes)
            try file.write(bytes, at: offset)
            offset += UInt64(bytes.count)
            progress(offset)
            try Task.checkCancellation()
        }
        try file.truncate(to: size)
        context.trace.emit(.objectGet, object: object, bytes: Int(size))
        guard hash.finish() == object.digest else {
            throw TransferError(
                .corrupt,
                "object \(object) is damaged in the store: its bytes do not have that SHA-256; "
                    + "run `modmeta store verify`")
        }
    }
}

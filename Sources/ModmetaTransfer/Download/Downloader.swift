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
            guard try await context.store.has(.object(object), size: size) else { throw error }
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
            do {
                try await job.run()
            } catch let error as TransferError where error.code == .missing || error.code == .corrupt {
                // Damaged or lost payloads do not matter either where the object is there whole.
                guard try await context.store.has(.object(object), size: size) else { throw error }
                try await downloadWhole(object, size: size, into: partial.file, after: 0, progress: progress)
            }
        } else {
            let prefix = partial.file.size
            try await downloadWhole(object, size: size, into: partial.file, after: prefix, progress: progress)
        }
        progress(size)
        return partial
    }

    /// - Parameter prefix: how many bytes of the file an interrupted download of this kind left.
    private func downloadWhole(
        _ object: ObjectID, size: UInt64, into file: LocalFile, after prefix: UInt64,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        guard try await context.store.has(.object(object), size: size) else {
            if let stored = try? await context.store.size(of: .object(object)) {
                throw TransferError(
                    .corrupt,
                    "object \(object) has \(stored) bytes in the store, the pointer says \(size); "
                        + "run `modmeta store verify`")
            }
            throw TransferError(
                .missing,
                "the store does not have object \(object); push it from a repository that has it: "
                    + "git lfs push --object-id <remote> \(object)")
        }
        // A bit that was flipped on the way shows only at the end, and so does a prefix that is another object's.
        let fresh = [UInt64](repeating: 0, count: RetryingStore.readings)
        for prefix in (prefix > 0 ? [prefix] : []) + fresh {
            let job = WholeObjectJob(context: context, object: object, size: size, file: file, progress: progress)
            if try await job.run(after: prefix) { return }
        }
        throw TransferError(
            .corrupt,
            "object \(object) is damaged in the store: its bytes do not have that SHA-256; "
                + "run `modmeta store verify`")
    }
}

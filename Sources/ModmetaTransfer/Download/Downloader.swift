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
                try await downloadWhole(object, size: size, into: partial.file, progress: progress)
            }
        } else {
            try await downloadWhole(object, size: size, into: partial.file, progress: progress)
        }
        progress(size)
        return partial
    }

    private func downloadWhole(
        _ object: ObjectID, size: UInt64, into file: LocalFile, progress: @escaping @Sendable (UInt64) -> Void
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
        // Ranges come without a hash of their own, so a bit that was flipped on the way shows only at the end.
        for _ in 0..<RetryingStore.readings {
            if try await copy(object, size: size, into: file, progress: progress) { return }
        }
        throw TransferError(
            .corrupt,
            "object \(object) is damaged in the store: its bytes do not have that SHA-256; "
                + "run `modmeta store verify`")
    }

    /// Copies a whole object and says whether the bytes are the object's.
    private func copy(
        _ object: ObjectID, size: UInt64, into file: LocalFile, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> Bool {
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
        return hash.finish() == object.digest || context.omissions.contains(.wholeFileHash)
    }
}

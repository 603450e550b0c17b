internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

// A part of an object that is stored whole has no hash of its own. So the object is read whole, and taken apart here.

extension TensorDownloader {
    /// How a copy is cut, in bytes.
    private static let chunkLength = 8 << 20

    /// The layout of an object that the store has whole, by its header alone; nil if the store has no such object, a layout
    /// without tensors if it is no safetensors file.
    func wholeLayout(of object: ObjectID, size: UInt64) async throws -> Layout? {
        guard try await context.store.has(.object(object), size: size) else { return nil }
        let prefix = try await context.store.read(.object(object), range: 0..<min(size, 9))
        // The length of the header, and its first byte.
        guard prefix.count == 9, prefix[8] == UInt8(ascii: "{") else { return .opaque(size: size) }
        do {
            let length = try SafetensorsLayout.headerLength(prefix: prefix, fileSize: size)
            let header = try await context.store.read(
                .object(object), range: 0..<8 + length)
            return try SafetensorsLayout.parse(header: header, fileSize: size)
        } catch is FormatError {
            return .opaque(size: size)
        }
    }

    /// Selections of which each has chunks: of objects that the store has whole, those of a copy that is made here.
    func withCopies(of selections: [TensorSelection]) async throws -> [TensorSelection] {
        var result: [TensorSelection] = []
        for selection in selections {
            result.append(selection.base == nil ? try await withCopy(selection) : selection)
        }
        return result
    }

    private func withCopy(_ selection: TensorSelection) async throws -> TensorSelection {
        let path = context.objectPath(selection.object)
        if try LocalFile(readingIfPresent: path)?.size != selection.chunkBytes {
            let partial = try await Downloader(context: context).download(
                selection.object, size: selection.chunkBytes
            ) { _ in }
            try PartialFile.create(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
            // As long as it is kept, no other process takes it.
            try withExtendedLifetime(partial) {
                guard rename(partial.path, path) == 0 else {
                    throw TransferError(
                        .local, "cannot make \(HeldDirectory.shown(path)): \(String(cString: strerror(errno)))")
                }
            }
        }
        let manifest = try TensorDownloader.manifest(of: selection.object, copy: LocalFile(reading: path))
        let names = Set(selection.tensors.map(\.name))
        let tensors = manifest.layout.tensors.filter { names.contains($0.name) }
        guard tensors == selection.tensors else {
            throw TransferError(
                .corrupt, "the header of object \(selection.object) is damaged in the store; run `modmeta store verify`"
            )
        }
        return TensorSelection(selection.object, tensors, of: BaseManifest(manifest))
    }

    /// A manifest of chunks as they lie in a copy, whose hash is checked on the way.
    private static func manifest(of object: ObjectID, copy: LocalFile) throws -> Manifest {
        var hash = SHA256()
        var entries: [Manifest.Entry] = []
        var offset: UInt64 = 0
        while offset < copy.size {
            let length = Int(min(UInt64(chunkLength), copy.size - offset))
            let bytes = try copy.read(at: offset, count: length)
            hash.update(bytes)
            let digest = SHA256.hash(bytes)
            entries.append(
                Manifest.Entry(
                    payload: PayloadID(digest), payloadLength: length, chunk: ChunkID(digest), rawLength: length,
                    encoding: .raw))
            offset += UInt64(length)
        }
        guard hash.finish() == object.digest else {
            throw TransferError(
                .corrupt, "\(HeldDirectory.shown(copy.path)) is damaged; remove it, and it is fetched again")
        }
        return Manifest(object: object, layout: try copy.layout(), entries: entries, chunks: Array(entries.indices))
    }
}

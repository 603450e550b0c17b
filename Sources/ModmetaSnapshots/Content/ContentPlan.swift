internal import ModmetaFormats
internal import ModmetaTransfer

/// What must be hashed for a content hash: every tensor and every other file, the large ones first.
struct ContentPlan: Sendable {
    /// One run of bytes that is hashed by itself.
    struct Piece: Sendable {
        var file: ContentFile
        var tensor: Layout.Tensor?
        var range: Range<UInt64>
    }

    private(set) var pieces: [Piece] = []
    private(set) var links: [ContentLine] = []
    private(set) var byteCount: UInt64 = 0
    private(set) var weightFiles: [String] = []
    private var stamps: [String: FileStamp] = [:]

    var tensorCount: Int { pieces.count { $0.tensor != nil } }

    /// How every LFS pointer starts, also those of its first writers: a pointer is not the weights.
    private static let pointerStarts = [
        "version https://git-lfs.github.com/spec/", "version https://hawser.github.com/spec/",
    ]

    init(_ files: [ContentFile]) throws {
        for file in files { try add(file) }
        // So that no worker is left alone with a large tensor at the end.
        pieces.sort { $0.range.count > $1.range.count }
    }

    private mutating func add(_ file: ContentFile) throws {
        let layout: Layout
        switch file.source {
        case .link(let target):
            links.append(.link(name: file.name, target: target))
            return
        case .bytes(let bytes): layout = try Layout.read(MemorySource(bytes)).layout
        case .file(let path):
            guard let stamp = FileStamp(path: path) else {
                throw SnapshotError(.file, "cannot read \(path): it is gone")
            }
            stamps[path] = stamp
            try ContentPlan.refusePointer(path, size: stamp.size)
            layout = try Inspection.layout(path: path)
        }
        byteCount += layout.size
        if file.isShardIndex { return }
        // Of the other formats the bytes beside the tensors may be content too, as the numbers in a pickle are.
        if layout.tensors.isEmpty || layout.format != .safetensors {
            pieces.append(Piece(file: file, range: 0..<layout.size))
        } else {
            weightFiles.append(file.name)
            pieces += layout.tensors.map { Piece(file: file, tensor: $0, range: $0.range) }
        }
    }

    private static func refusePointer(_ path: String, size: UInt64) throws(SnapshotError) {
        guard size < 1024 else { return }
        let text = String(decoding: try CheckpointFile.bytes(of: path), as: UTF8.self)
        guard !pointerStarts.contains(where: text.hasPrefix) else {
            throw SnapshotError(.file, "\(path) is a git-lfs pointer, its content is not here; run `git lfs pull`")
        }
    }

    /// Hashes one piece.
    func line(_ index: Int) throws(SnapshotError) -> ContentLine {
        let piece = pieces[index]
        let digest: Digest
        switch piece.file.source {
        case .link: digest = SHA256.hash([])
        case .bytes(let bytes):
            digest = SHA256.hash(Array(bytes[Int(piece.range.lowerBound)..<Int(piece.range.upperBound)]))
        case .file(let path): digest = try CheckpointFile(path: path).digest(piece.range)
        }
        guard let tensor = piece.tensor else { return .file(name: piece.file.name, digest: digest) }
        return .tensor(
            directory: piece.file.directory, name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, digest: digest
        )
    }

    /// - Throws: `SnapshotError` with `changed` where a file is not what it was when the plan was made.
    func checkUnchanged() throws(SnapshotError) {
        for (path, stamp) in stamps where FileStamp(path: path) != stamp {
            throw SnapshotError(.changed, "\(path) changed while it was read; try again when its writer is done")
        }
    }
}

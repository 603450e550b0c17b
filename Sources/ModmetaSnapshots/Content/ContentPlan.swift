internal import ModmetaFormats
internal import ModmetaTransfer

/// What to hash for a content hash: every tensor and every other file, largest first.
struct ContentPlan: Sendable {
    /// A tensor as it is hashed.
    struct Tensor: Sendable {
        var name: String
        var dtype: String
        var shape: [UInt64]
        /// The view to gather the elements from, if they are not contiguous.
        var view: StateDictionary.View?
    }

    /// A run of bytes that is hashed by itself.
    struct Piece: Sendable {
        var file: ContentFile
        var tensor: Tensor?
        var range: Range<UInt64>
    }

    private(set) var pieces: [Piece] = []
    /// Lines that are known without reading files: links, and what a cache has.
    private(set) var lines: [ContestedNames.Entry] = []
    /// The indices of shards, which count where files hold different tensors of one name.
    private(set) var indices: [ContentFile] = []
    private(set) var byteCount: UInt64 = 0
    private(set) var weightFiles: [String] = []
    /// Notes for the user on how files were hashed.
    private(set) var notes: [String] = []
    private var stamps: [ByteString: FileStamp] = [:]

    var tensorCount: Int {
        pieces.count { $0.tensor != nil } + lines.count { if case .tensor = $0.line { true } else { false } }
    }

    /// The possible starts of an LFS pointer, including those of the first versions: a pointer is not the weights.
    private static let pointerStarts = [
        "version https://git-lfs.github.com/spec/", "version https://hawser.github.com/spec/",
    ]

    /// The bytes to hash.
    var pieceBytes: UInt64 { pieces.reduce(0) { $0 + UInt64($1.range.count) } }

    let fileCount: Int

    init(_ files: [ContentFile], cache: DigestCache? = nil) throws {
        fileCount = files.count
        for file in files { try add(file, cache) }
        // Largest first, so that no worker is left alone with a large tensor at the end.
        pieces.sort { $0.range.count > $1.range.count }
    }

    private mutating func add(_ file: ContentFile, _ cache: DigestCache?) throws {
        let layout: Layout
        var views: [StateDictionary.View]?
        switch file.source {
        case .link(let target):
            lines.append(.init(file: file.name, line: .link(name: file.name, target: target)))
            return
        case .bytes(let bytes):
            layout = try Layout.read(MemorySource(bytes)).layout
            if layout.format == .pytorch { views = try StateDictionary(reading: MemorySource(bytes))?.views }
        case .file(let path):
            guard let stamp = FileStamp(path: path) else {
                throw SnapshotError(.file, "cannot read \(path): it no longer exists")
            }
            stamps[ByteString(path)] = stamp
            let known = cache?.entry(path, stamp, name: file.name, directory: file.directory)
            if let known, !file.isShardIndex {
                byteCount += stamp.size
                lines += known.lines.map { .init(file: file.name, line: $0) }
                notes += known.notes
                if known.isWeights { weightFiles.append(file.name) }
                return
            }
            try ContentPlan.refusePointer(path, size: stamp.size)
            layout = try Inspection.layout(path: path)
            if layout.format == .pytorch { views = try Inspection.stateDictionary(path: path)?.views }
        }
        byteCount += layout.size
        if file.isShardIndex {
            indices.append(file)
            return
        }
        if let views, views.allSatisfy(GatheredTensor.canGather) {
            weightFiles.append(file.name)
            add(views, of: file)
        } else if layout.format == .safetensors, !layout.tensors.isEmpty {
            weightFiles.append(file.name)
            pieces += layout.tensors.map { tensor in
                Piece(
                    file: file, tensor: Tensor(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape),
                    range: tensor.range)
            }
        } else {
            // In the other formats, bytes outside tensors may be content too, such as numbers in a pickle.
            pieces.append(Piece(file: file, range: 0..<layout.size))
        }
    }

    private mutating func add(_ views: [StateDictionary.View], of file: ContentFile) {
        var places: [StateDictionary.View: String] = [:]
        for view in views {
            let tensor = Tensor(
                name: view.name, dtype: view.dtype, shape: view.numbers, view: view.isContiguous ? nil : view)
            pieces.append(Piece(file: file, tensor: tensor, range: view.range))
            var unnamed = view
            unnamed.name = ""
            guard !view.range.isEmpty else { continue }
            if let first = places[unnamed] {
                notes.append(
                    "\(file.name): \(view.name) and \(first) are tied; a file that has only one of the names has "
                        + "a different content hash")
            } else {
                places[unnamed] = view.name
            }
        }
    }

    private static func refusePointer(_ path: String, size: UInt64) throws(SnapshotError) {
        guard size < 1024 else { return }
        let text = String(decoding: try CheckpointFile.bytes(of: path), as: UTF8.self)
        let lines = text.utf8.split(separator: 0x0A).map { Substring($0) }
        if lines.contains(where: { $0.hasBytePrefix("<<<<<<< ") }),
            lines.contains(where: { $0.hasBytePrefix(">>>>>>> ") })
        {
            throw SnapshotError(
                .file,
                "\(path) has a merge conflict between two versions of its weights; choose one with "
                    + "`git checkout --ours` or `git checkout --theirs`, then `git add` it")
        }
        guard !pointerStarts.contains(where: { text.hasBytePrefix($0) }) else {
            throw SnapshotError(.file, "\(path) is a git-lfs pointer without its content; run `git lfs pull`")
        }
    }

    /// Hashes one piece.
    func line(_ index: Int, counting count: HashedBytes) throws(SnapshotError) -> ContentLine {
        let piece = pieces[index]
        let digest: Digest
        switch (piece.file.source, piece.tensor?.view) {
        case (.link, _): digest = SHA256.hash([])
        case (.bytes(let bytes), let view):
            let part = Array(bytes[Int(piece.range.lowerBound)..<Int(piece.range.upperBound)])
            digest = view.map { GatheredTensor(part, as: $0).digest } ?? SHA256.hash(part)
            count.add(part.count)
        case (.file(let path), let view?):
            digest = GatheredTensor(try CheckpointFile(path: path).bytes(piece.range), as: view).digest
            count.add(piece.range.count)
        case (.file(let path), nil): digest = try CheckpointFile(path: path).digest(piece.range, counting: count)
        }
        guard let tensor = piece.tensor else { return .file(name: piece.file.name, digest: digest) }
        return .tensor(
            directory: piece.file.directory, name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, digest: digest
        )
    }

    /// Stores the digests of each hashed file in the cache.
    func record(_ hashed: [HashedPiece], in cache: DigestCache) {
        var byFile: [ByteString: (file: ContentFile, lines: [ContentLine])] = [:]
        for piece in hashed {
            let file = pieces[piece.index].file
            byFile[ByteString(file.name), default: (file, [])].lines.append(piece.line)
        }
        for (name, entry) in byFile {
            guard case .file(let path) = entry.file.source, let stamp = stamps[ByteString(path)] else { continue }
            let own = notes.filter { $0.hasBytePrefix("\(name): ") }.map {
                String(decoding: $0.utf8.dropFirst(name.bytes.count + 2), as: UTF8.self)
            }
            cache.add(
                DigestCache.Entry(isWeights: weightFiles.hasText(name.text), lines: entry.lines, notes: own), path,
                stamp)
        }
    }

    /// - Throws: `SnapshotError` with `changed` if a file changed since the plan was made.
    func checkUnchanged() throws(SnapshotError) {
        for (path, stamp) in stamps where FileStamp(path: path.text) != stamp {
            throw SnapshotError(.changed, "\(path) changed while it was read; try again when its writer is done")
        }
    }
}

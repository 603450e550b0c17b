/// The zip archive of a PyTorch file: its pickle, and its storages by key.
struct PyTorchArchive<Source: ByteSource> {
    private let directory: ZipDirectory
    private let root: String
    private let source: Source
    private let entries: [ByteString: ZipEntry]

    /// Opens an archive whose folder of tensors is known.
    ///
    /// - Throws: `FormatError` if the file is not little-endian, and the errors of the source.
    init(_ directory: ZipDirectory, root: String, _ source: Source) throws {
        self.directory = directory
        self.root = root
        self.source = source
        entries = Dictionary(
            directory.entries.map { (ByteString($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        guard let entry = entries[ByteString(root + "byteorder")], entry.size <= 16 else { return }
        let order = try source.read(try directory.data(of: entry, in: source))
        guard order.elementsEqual("little".utf8) else {
            throw FormatError(.malformed, "the file is not in little-endian byte order", offset: entry.headerOffset)
        }
    }

    /// Whether PyTorch loads this pickle and no other: all files are in its folder, and none makes it a program.
    var isAlone: Bool {
        !root.utf8.dropLast().contains(UInt8(ascii: "/")) && entries[ByteString("\(root)constants.pkl")] == nil
            && entries.keys.allSatisfy { $0.bytes.starts(with: root.utf8) }
    }

    /// The bytes of the pickle, or 0 if there is none.
    var pickleLength: Int { entries[ByteString(root + "data.pkl")].map { Int(clamping: $0.size) } ?? 0 }

    /// Interprets the pickle; returns its objects and the root object.
    func pickle() throws -> (PickleGraph, PickleGraph.ID) {
        let name = root + "data.pkl"
        guard let entry = entries[ByteString(name)] else {
            throw FormatError(.malformed, "the zip archive has no \(name)", offset: 0)
        }
        let range = try directory.data(of: entry, in: source)
        guard entry.size <= PyTorchLayout.pickleLimit else {
            throw FormatError(
                .limitExceeded,
                "the pickle has \(entry.size) bytes, more than the limit of \(PyTorchLayout.pickleLimit)",
                offset: range.lowerBound)
        }
        var machine = PickleMachine(ByteReader(try source.read(range), origin: range.lowerBound))
        let root = try machine.run()
        return (machine.graph, root)
    }

    /// The byte range of a storage in the file.
    func data(_ key: String) throws -> Range<UInt64> {
        guard let entry = entries[ByteString("\(root)data/\(key)")] else {
            throw FormatError(
                .malformed, "the pickle uses the storage \(QuotedName(key)), which the archive lacks", offset: 0)
        }
        return try directory.data(of: entry, in: source)
    }
}

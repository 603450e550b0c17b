/// Reads the layout of a file that `torch.save` wrote in its zip form, PyTorch 1.6 and later.
///
/// The rules are docs/formats/pytorch.md. The pickle in the archive is followed symbolically, see `PickleMachine`: nothing
/// in the file is executed and no class needs to be known.
public enum PyTorchLayout {
    /// The bytes of the largest pickle that is read.
    public static let pickleLimit: UInt64 = 64 << 20

    /// Reads the tensors of a file.
    ///
    /// - Throws: `FormatError` where a rule is broken or a limit exceeded, and what reading the source throws.
    public static func parse(_ source: some ByteSource) throws -> Layout.Reading {
        try parse(try ZipDirectory(parsing: source), source)
    }

    /// The folder of the archive that holds the pickle of tensors, with its `/`; nil if this is another kind of archive.
    static func root(of directory: ZipDirectory) -> String? {
        guard let pickle = directory.entries.first(where: { $0.name.hasSuffix("/data.pkl") }) else { return nil }
        return String(pickle.name.dropLast("data.pkl".count))
    }

    static func parse(_ directory: ZipDirectory, _ source: some ByteSource) throws -> Layout.Reading {
        guard let root = root(of: directory) else {
            throw FormatError(
                .malformed, "the zip archive has no data.pkl and is not PyTorch's, nor are all its files NumPy's",
                offset: 0)
        }
        let entries = Dictionary(directory.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        if let entry = entries[root + "byteorder"], entry.size <= 16 {
            let order = try source.read(try directory.data(of: entry, in: source))
            guard order.elementsEqual("little".utf8) else {
                throw FormatError(
                    .malformed, "the file is not in little-endian byte order", offset: entry.headerOffset)
            }
        }
        var (graph, pickle) = try PyTorchLayout.pickle(root + "data.pkl", entries, directory, source)
        let found = try PyTorchNames(root: pickle, in: graph)
        graph = PickleGraph()
        var placement = PyTorchPlacement()
        for tensor in found.tensors { placement.add(tensor) }
        let tensors = try placement.finish { key in
            guard let entry = entries["\(root)data/\(key)"] else {
                throw FormatError(
                    .malformed, "the pickle uses the storage \(QuotedName(key)), which the archive lacks", offset: 0)
            }
            return try directory.data(of: entry, in: source)
        }
        let layout = Layout(format: .pytorch, size: source.size, tensors: tensors)
        try layout.validate()
        let aliases = (found.aliases + placement.aliases).map { Layout.Alias(name: $0.name, tensor: $0.of) }
        return Layout.Reading(layout: layout, aliases: aliases)
    }

    private static func pickle(
        _ name: String, _ entries: [String: ZipEntry], _ directory: ZipDirectory, _ source: some ByteSource
    ) throws -> (PickleGraph, PickleGraph.ID) {
        guard let entry = entries[name] else {
            throw FormatError(.malformed, "the zip archive has no \(name)", offset: 0)
        }
        let range = try directory.data(of: entry, in: source)
        guard entry.size <= pickleLimit else {
            throw FormatError(
                .limitExceeded, "the pickle has \(entry.size) bytes, more than the \(pickleLimit) that are read",
                offset: range.lowerBound)
        }
        var machine = PickleMachine(ByteReader(try source.read(range), origin: range.lowerBound))
        let root = try machine.run()
        return (machine.graph, root)
    }
}

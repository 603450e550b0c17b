/// Reads the layout of a file written by `torch.save` in its zip form, PyTorch 1.6 and later.
///
/// The rules are docs/formats/pytorch.md. The pickle in the archive is interpreted symbolically, see `PickleMachine`:
/// nothing in the file is executed and no class needs to be known.
public enum PyTorchLayout {
    /// The bytes of the largest pickle that is read.
    public static let pickleLimit: UInt64 = 64 << 20

    /// Reads the tensors of a file.
    ///
    /// - Throws: `FormatError` if a rule is broken or a limit exceeded, and the errors of the source.
    public static func parse(_ source: some ByteSource) throws -> Layout.Reading {
        try parse(try ZipDirectory(parsing: source), source)
    }

    /// The folder in the archive that holds the pickle of tensors, with its `/`; nil for another kind of archive.
    static func root(of directory: ZipDirectory) -> String? {
        guard let pickle = directory.entries.first(where: { $0.name.hasByteSuffix("/data.pkl") }) else { return nil }
        return String(decoding: pickle.name.utf8.dropLast("data.pkl".utf8.count), as: UTF8.self)
    }

    static func parse(_ directory: ZipDirectory, _ source: some ByteSource) throws -> Layout.Reading {
        var budget = ParseBudget("the pickle")
        return try parse(directory, source, &budget)
    }

    /// Reads the tensors of one archive; all archives of a file share the budget.
    static func parse(
        _ directory: ZipDirectory, _ source: some ByteSource, _ budget: inout ParseBudget
    ) throws -> Layout.Reading {
        guard let root = root(of: directory) else {
            throw FormatError(
                .malformed,
                "the zip archive has no data.pkl, so it is not PyTorch's, and not all its files are NumPy arrays",
                offset: 0)
        }
        let archive = try PyTorchArchive(directory, root: root, source)
        var (graph, pickle) = try archive.pickle()
        budget.grant(archive.pickleLength)
        let found = try PyTorchNames(root: pickle, in: graph, &budget)
        graph = PickleGraph()
        var placement = PyTorchPlacement()
        for tensor in found.tensors { placement.add(tensor) }
        let tensors = try placement.finish { try archive.data($0) }
        let layout = Layout(format: .pytorch, size: source.size, tensors: tensors)
        try layout.validate()
        let aliases = (found.aliases + placement.aliases).map { Layout.Alias(name: $0.name, tensor: $0.of) }
        return Layout.Reading(layout: layout, aliases: aliases)
    }

    /// The objects of a file's data.pkl, without locating its tensors.
    static func graph(of source: some ByteSource) throws -> (PickleGraph, PickleGraph.ID) {
        let directory = try ZipDirectory(parsing: source)
        guard let root = root(of: directory) else {
            throw FormatError(.malformed, "the zip archive has no data.pkl", offset: 0)
        }
        return try PyTorchArchive(directory, root: root, source).pickle()
    }
}

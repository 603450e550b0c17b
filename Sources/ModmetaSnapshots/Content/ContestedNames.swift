internal import ModmetaFormats

/// Tensors of one name that files of one directory hold with different elements, so that it matters which file has which.
///
/// docs/formats/semantic-id.md, "Lines". Ordinary checkpoints have none.
struct ContestedNames {
    /// A line, and the name of the file it is of.
    struct Entry: Sendable {
        var file: String
        var line: ContentLine
    }

    private struct Name: Hashable {
        var directory: ByteString
        var tensor: ByteString
    }

    private var names: Set<Name> = []

    /// Looks for them among the lines of a checkpoint.
    init(in entries: [Entry]) {
        var first: [ByteString: String] = [:]
        var shared: Set<ByteString> = []
        for entry in entries {
            guard case .tensor(let directory, _, _, _, _) = entry.line else { continue }
            let file = first[ByteString(directory)] ?? entry.file
            first[ByteString(directory)] = file
            if !file.hasSameBytes(as: entry.file) { shared.insert(ByteString(directory)) }
        }
        guard !shared.isEmpty else { return }
        var lines: [Name: ContentLine] = [:]
        for entry in entries {
            guard let name = ContestedNames.name(of: entry.line), shared.contains(name.directory) else { continue }
            if let other = lines[name] {
                if other != entry.line { names.insert(name) }
            } else {
                lines[name] = entry.line
            }
        }
    }

    /// The directories that have some.
    var directories: Set<ByteString> { Set(names.map(\.directory)) }

    /// The line of an entry: for a contested name with the path of its file in place of the directory.
    func line(of entry: Entry) -> ContentLine {
        guard !names.isEmpty, let name = ContestedNames.name(of: entry.line), names.contains(name),
            case .tensor(_, let tensor, let dtype, let shape, let digest) = entry.line
        else { return entry.line }
        return .tensor(directory: entry.file, name: tensor, dtype: dtype, shape: shape, digest: digest)
    }

    private static func name(of line: ContentLine) -> Name? {
        guard case .tensor(let directory, let name, _, _, _) = line else { return nil }
        return Name(directory: ByteString(directory), tensor: ByteString(name))
    }
}

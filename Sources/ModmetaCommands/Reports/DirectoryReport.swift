internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSystem
internal import ModmetaTransfer

/// What `modmeta inspect` says of a directory; the JSON form is docs/guides/inspect.md, "Directories".
struct DirectoryReport {
    private let directory: CheckpointDirectory
    private let files: [CheckpointDirectory.File]
    private let sets: [CheckpointSet]

    /// Takes all of a directory, or one set by its name and the files in it.
    init(_ directory: CheckpointDirectory, onlySet name: String?) {
        self.directory = directory
        sets = directory.sets.filter { name == nil || $0.name == name }
        let names = Set(sets.flatMap(\.files))
        files = directory.files.filter { name == nil || names.contains($0.name) }
    }

    /// Whether a checkpoint is incomplete or inconsistent.
    var hasProblems: Bool { sets.contains { !$0.problems.isEmpty } }

    func print() {
        let size = files.reduce(0) { $0 + $1.reading.layout.size }
        Terminal.print("\(directory.path): \(files.count) files, \(formatted(bytes: size))")
        let rows = files.map { file in
            [
                file.name, "\(file.reading.layout.format)", "\(file.reading.layout.tensors.count)",
                formatted(bytes: file.reading.layout.size),
                file.safeToLoad.map { $0.verdict == .harmless ? "yes" : $0.verdict == .unknown ? "not known" : "NO" }
                    ?? "",
            ]
        }
        Table.print(header: ["file", "format", "tensors", "size", "safe to load"], rows: rows, rightAligned: [2, 3])
        for file in files {
            guard let violation = file.reading.violation else { continue }
            Terminal.print("\(file.name) is treated as opaque: \(violation)")
        }
        for set in sets {
            let state = set.problems.isEmpty ? "complete" : "NOT in order"
            Terminal.print(
                "\(set.name): \(set.kind.rawValue), \(set.files.count) files, \(set.tensorCount) tensors, \(state)"
            )
            for problem in set.problems { Terminal.print("  \(problem)") }
            for note in set.notes { Terminal.print("  \(note)") }
        }
    }

    /// The JSON form.
    var document: Document {
        Document(
            directory: directory.path,
            files: files.map { file in
                Document.File(
                    name: file.name, format: "\(file.reading.layout.format)", size: file.reading.layout.size,
                    tensors: file.reading.layout.tensors.count, violation: file.reading.violation.map { "\($0)" },
                    safeToLoad: file.safeToLoad?.verdict.rawValue)
            },
            sets: sets.map { set in
                Document.Checkpoint(
                    kind: set.kind.rawValue, name: set.name, files: set.files, tensors: set.tensorCount,
                    problems: set.problems, notes: set.notes)
            })
    }

    struct Document: Encodable {
        struct File: Encodable {
            var name: String
            var format: String
            var size: UInt64
            var tensors: Int
            var violation: String?
            var safeToLoad: String?
        }
        struct Checkpoint: Encodable {
            var kind: String
            var name: String
            var files: [String]
            var tensors: Int
            var problems: [String]
            var notes: [String]
        }

        var directory: String
        var files: [File]
        var sets: [Checkpoint]
    }
}

internal import ModmetaFormats
internal import ModmetaSnapshots
internal import ModmetaSystem

/// The files of many snapshots, found level by level: one git reads the trees of a depth, each of them once.
struct SnapshotWalk {
    /// A file of a snapshot, links left out.
    struct File {
        /// The first snapshot that has it.
        var snapshot: String
        /// Where it is in the commit.
        var path: String
        var blob: String
    }

    /// A directory in a snapshot's commit.
    private struct Directory {
        var snapshot: String
        var path: String
        var tree: String
        /// What of it belongs to the snapshot, as paths from here; an empty one stands for all of it.
        var wanted: [[Substring]]
    }

    let repository: SnapshotRepository
    private var files: [File] = []
    private var next: [Directory] = []
    /// The Git objects that belong to snapshots as a whole, and were met before.
    private var known: Set<String> = []

    /// How many trees are in memory at a time.
    private static let width = 1000

    private init(_ repository: SnapshotRepository) { self.repository = repository }

    /// The files of snapshots in the trees of their commits; of those with the same content only the first.
    static func files(
        of snapshots: [(document: SnapshotDocument, commit: String)], in repository: SnapshotRepository
    ) async throws -> [File] {
        var walk = SnapshotWalk(repository)
        walk.next = snapshots.map { document, commit in
            Directory(
                snapshot: document.name, path: "", tree: "\(commit)^{tree}",
                wanted: document.paths.map { $0 == "." ? [] : $0.split(separator: "/") })
        }
        while !walk.next.isEmpty {
            var level = walk.next[...]
            walk.next = []
            while !level.isEmpty {
                try await walk.read(Array(level.prefix(width)))
                level = level.dropFirst(width)
            }
        }
        return walk.files
    }

    private mutating func read(_ directories: [Directory]) async throws {
        for (directory, object) in zip(directories, try await repository.objects(directories.map(\.tree))) {
            guard let object, object.type == "tree" else {
                throw RepositoryError(
                    kind: .environment, message: "the Git object of \(directory.path)/ is not here",
                    hints: ["Run: git fsck"])
            }
            for entry in try TreeObject(parsing: object.bytes, name: object.name).entries {
                try take(entry, in: directory)
            }
        }
    }

    private mutating func take(_ entry: TreeObject.Entry, in directory: Directory) throws {
        let rest = directory.wanted.compactMap { path in
            path.isEmpty ? [] : path[0].hasSameBytes(as: entry.name) ? Array(path.dropFirst()) : nil
        }
        guard !rest.isEmpty, entry.name != ".modmeta", entry.name != ".git" else { return }
        let path = directory.path.isEmpty ? entry.name : "\(directory.path)/\(entry.name)"
        let isWhole = rest.contains { $0.isEmpty }
        switch entry.kind {
        case .directory:
            guard !isWhole || known.insert(entry.object).inserted else { return }
            next.append(Directory(snapshot: directory.snapshot, path: path, tree: entry.object, wanted: rest))
        case .file:
            guard isWhole, known.insert(entry.object).inserted else { return }
            files.append(File(snapshot: directory.snapshot, path: path, blob: entry.object))
        case .repository: throw SnapshotRepository.submodule(path, in: directory.snapshot)
        case .link: return
        }
    }
}

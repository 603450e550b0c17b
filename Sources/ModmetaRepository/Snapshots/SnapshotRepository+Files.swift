internal import ModmetaFormats
internal import ModmetaGit
public import ModmetaSnapshots
internal import ModmetaSystem

extension SnapshotRepository {
    /// The files of a snapshot as its commit holds them, weights by the local LFS objects.
    ///
    /// - Throws: `RepositoryError` with `environment` if the weights of one are not on this machine, with `finding` if the
    ///   commit holds none of the files.
    public func files(of document: SnapshotDocument) async throws -> [ContentFile] {
        guard let found = try await committed(document.name) else {
            return try Checkpoint(paths: document.paths.map { "\(top)/\($0)" }).files
        }
        var files: [ContentFile] = []
        try await readBlobs(of: try await entries(of: document, at: found.commit)) { name, entry, bytes in
            files.append(ContentFile(name: name, source: try source(of: entry, bytes, in: document)))
        }
        guard !files.isEmpty else {
            throw RepositoryError(kind: .finding, message: "\(document.name): its commit holds none of its files")
        }
        return files
    }

    /// The files of a snapshot in the tree of its commit, each with its name relative to the checkpoint's root.
    func entries(of document: SnapshotDocument) async throws -> [(name: String, entry: TreeEntry)] {
        guard let found = try await committed(document.name) else {
            throw RepositoryError(
                kind: .input, message: "\(document.name) was only written down, so it is in no commit",
                hints: ["Give its `modmeta snapshot` again without --no-commit."])
        }
        return try await entries(of: document, at: found.commit)
    }

    private func entries(
        of document: SnapshotDocument, at commit: String
    ) async throws -> [(name: String, entry: TreeEntry)] {
        let paths = document.paths.filter { $0 != "." }
        let listing = try await git.run(
            ["ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--"]
                + (paths.count == document.paths.count ? paths : []))
        let lines = listing.text.split(separator: "\0")
        if let line = lines.first(where: { $0.utf8.starts(with: "160000 ".utf8) }) {
            let path = line.split(separator: "\t", maxSplits: 1).last.map(String.init) ?? "?"
            throw Self.submodule(path, in: document.name)
        }
        let entries = try lines.compactMap { try TreeEntry(parsing: $0) }
        let names = Set(entries.map(\.path))
        let root = commonDirectory(document.paths.map { names.contains($0) ? directory(of: $0) : $0 == "." ? "" : $0 })
        return entries.compactMap { entry in
            let parts = entry.path.split(separator: "/")
            guard !parts.contains(where: { $0 == ".modmeta" || $0 == ".git" }) else { return nil }
            return (root.isEmpty ? entry.path : String(entry.path.dropFirst(root.count + 1)), entry)
        }
    }

    /// What is said of a repository in the place of a snapshot's files.
    static func submodule(_ path: String, in snapshot: String) -> RepositoryError {
        RepositoryError(
            kind: .finding,
            message:
                "\(snapshot): \(path) was a Git repository of its own (a submodule), and the snapshot has "
                + "the name of its commit instead of its files",
            hints: ["If the files are still there: take a snapshot of another name of a copy without its .git."])
    }

    private func source(
        of entry: TreeEntry, _ bytes: [UInt8], in document: SnapshotDocument
    ) throws -> ContentFile.Source {
        if entry.isLink { return .link(String(decoding: bytes, as: UTF8.self)) }
        guard let pointer = LFSBlob(bytes).pointer else {
            return .bytes(bytes)
        }
        let path = repository.objectPath(pointer.object)
        guard WorkFile.exists(path) else {
            throw RepositoryError(
                kind: .environment, message: "\(document.name): the content of \(entry.path) is not on this machine",
                hints: ["\(SnapshotCommit(repository: self, document: document).fetchCommand)"])
        }
        return .file(path)
    }

    private func directory(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }

    private func commonDirectory(_ paths: [String]) -> String {
        let parts = paths.map { $0.split(separator: "/") }
        let common = parts.dropFirst().reduce(parts.first ?? []) { common, other in
            Array(common.prefix(zip(common, other).prefix { $0 == $1 }.count))
        }
        return common.joined(separator: "/")
    }
}

internal import Glibc
internal import ModmetaFormats
internal import ModmetaSystem

extension LocalStore {
    /// Opens the store in a directory, and makes one if there is none.
    ///
    /// An absent directory appears at once with the whole store in it. An empty one is furnished in place, so that its
    /// owner, its group and what is mounted there stay; a Git repository is given what it lacks. In both, the format
    /// document comes last, and a maker that dies before is finished by the next. Of several makers one wins; the
    /// others open its store.
    ///
    /// - Parameters:
    ///   - path: the directory's absolute path; the directories above it are made too, as git does.
    ///   - objectFormat: the hash function of a new Git repository; one that is there keeps its own.
    /// - Throws: `.denied` if the directory holds something else.
    public static func create(at path: String, objectFormat: GitObjectFormat = .sha1) async throws -> LocalStore {
        let root = try checkedRoot(path)
        return try await StoreError.fromSystem { try await make(at: root, objectFormat) }
    }

    private static func make(at root: String, _ objectFormat: GitObjectFormat) async throws -> LocalStore {
        // Each further round needs another process to have made or deleted the directory in between.
        for _ in 0..<32 {
            switch try DirectoryContent(of: root) {
            case .store:
                return try await open(at: root)
            case .absent:
                try await createBeside(root, objectFormat)
            case .unfinished, .repository:
                try await LocalStore(root: root).furnish(objectFormat)
            case .foreign:
                throw StoreError(
                    .denied,
                    "\(root) is not empty and neither a store nor a bare Git repository; choose another directory")
            }
        }
        throw StoreError(.unavailable, "\(root) keeps appearing and disappearing; give the same command again")
    }

    /// Makes a whole store under another name, and renames it unless somebody else's has appeared.
    private static func createBeside(_ root: String, _ objectFormat: GitObjectFormat) async throws {
        let parent = parent(of: root)
        try makeWithParents(parent)
        let draft = DirectoryPath("\(parent.path)/.modmeta-\(StoreFormat.ID())")
        _ = try draft.make()
        do {
            try await LocalStore(root: draft.path).furnish(objectFormat)
            // Replaces an empty directory, but nothing else.
            guard rename(draft.path, root) == 0 else { throw StoreError.failed(to: "create the store", root) }
        } catch {
            let isTaken = try DirectoryContent(of: root) != .absent
            draft.removeTree()
            if isTaken { return }
            throw error
        }
        try parent.sync()
    }

    private static func makeWithParents(_ directory: DirectoryPath) throws {
        if try FileStatus(of: directory.path + "/.") != nil { return }
        try makeWithParents(parent(of: directory.path))
        _ = try directory.make()
        try parent(of: directory.path).sync()
    }

    /// Adds all that a store has and this directory lacks; the format document, which makes it one, last.
    private func furnish(_ objectFormat: GitObjectFormat) async throws {
        // The first, because it tells a store in the making from a stranger's directory.
        var unflushed: [DirectoryPath] = []
        for name in [
            "modmeta/tmp", "modmeta/manifests", "modmeta/index", "objects/info", "objects/pack", "refs/heads",
            "refs/tags", "info", "lfs/objects",
        ] {
            unflushed += try makeDirectory(DirectoryPath("\(path)/\(name)"))
        }
        try putGitFile("config", gitConfig(objectFormat))
        try putGitFile("HEAD", "ref: refs/heads/main\n")
        for directory in unflushed + [DirectoryPath(path)] { try directory.sync() }
        _ = try await compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
    }

    private func putGitFile(_ name: String, _ text: String) throws {
        let temporary = try newTemporary(exactMode: permissions.mutable, mode: 0o666)
        try temporary.file.append(Array(text.utf8))
        try temporary.file.sync()
        _ = try temporary.name("\(path)/\(name)")
    }

    private func gitConfig(_ objectFormat: GitObjectFormat) -> String {
        var text = "[core]\n\trepositoryformatversion = \(objectFormat == .sha1 ? 0 : 1)\n"
        text += "\tfilemode = true\n\tbare = true\n"
        if (permissions.directory ?? 0) & 0o2000 != 0 { text += "\tsharedRepository = group\n" }
        if objectFormat != .sha1 { text += "[extensions]\n\tobjectformat = \(objectFormat.rawValue)\n" }
        return text
    }
}

internal import ModmetaFormats
internal import ModmetaStore

/// The repository git was started in: what is pushed from, and fetched into.
struct LocalRepository: Sendable {
    /// An object as the repository knows it.
    struct Object: Equatable, Sendable {
        var name: GitObjectName
        /// `commit`, `tag`, `tree` or `blob`.
        var type: String
    }

    /// Runs git in the repository.
    let git: Git

    /// Takes the repository that git finds; by default the one that the inherited environment names.
    init(_ git: Git = Git()) {
        // Replaced objects are a private view; what is sent must be what the names say.
        self.git = git.with(["GIT_NO_REPLACE_OBJECTS": "1", "GIT_TERMINAL_PROMPT": "0"])
    }

    /// The hash that names the repository's objects.
    func objectFormat() async throws -> GitObjectFormat {
        let name = try await git.run(["rev-parse", "--show-object-format"]).lines.first ?? ""
        guard let format = GitObjectFormat(rawValue: String(name)) else {
            throw RemoteHelperError(.mismatch, "this repository names its objects by \(name), which is not known here")
        }
        return format
    }

    /// Whether older history is cut off.
    func isShallow() async throws -> Bool {
        try await git.run(["rev-parse", "--is-shallow-repository"]).lines.first == "true"
    }

    /// The full name of the branch HEAD points to, or nil.
    func headBranch() async throws -> String? {
        try await git.output(["symbolic-ref", "--quiet", "HEAD"]).lines.first.map(String.init)
    }

    /// The absolute path of the directory packs are kept in.
    func packDirectory() async throws -> String {
        let lines = try await git.run(["rev-parse", "--path-format=absolute", "--git-path", "objects/pack"]).lines
        guard let path = lines.first else {
            throw RemoteHelperError(.system, "git does not say where this repository keeps its packs")
        }
        return String(path)
    }

    /// The absolute path of the directory modmeta keeps its state in, or nil outside a repository.
    func stateDirectory() async throws -> String? {
        let output = try await git.output(["rev-parse", "--path-format=absolute", "--git-common-dir"])
        guard output.status == 0, let path = output.lines.first else { return nil }
        return StateDirectory.path(in: String(path))
    }

    /// The objects that expressions name; those that name none, or several, are left out.
    func resolve(_ expressions: Set<ByteString>) async throws -> [ByteString: Object] {
        let list = Array(expressions)
        guard !list.isEmpty else { return [:] }
        let input = list.map { "\($0)\n" }.joined()
        let output = try await git.run(
            ["cat-file", "--batch-check=%(objectname) %(objecttype)"], input: Array(input.utf8))
        guard output.lines.count == list.count else {
            throw RemoteHelperError(
                .system, "git answered \(output.lines.count) of \(list.count) questions about objects")
        }
        var objects: [ByteString: Object] = [:]
        for (expression, line) in zip(list, output.lines) {
            let parts = line.split(separator: " ")
            if parts.count == 2, let name = GitObjectName(parts[0]), parts[1] != "missing" {
                objects[expression] = Object(name: name, type: String(parts[1]))
            }
        }
        return objects
    }

    /// What the annotated tags among the objects are about, in the end.
    func peeled(_ objects: Set<GitObjectName>) async throws -> [GitObjectName: GitObjectName] {
        let known = try await resolve(Set(objects.map { ByteString($0.hex) }))
        let tags = known.values.filter { $0.type == "tag" }.map(\.name)
        let targets = try await resolve(Set(tags.map { ByteString("\($0)^{}") }))
        var peeled: [GitObjectName: GitObjectName] = [:]
        for tag in tags { peeled[tag] = targets[ByteString("\(tag)^{}")]?.name }
        return peeled
    }

    /// Those of the objects that are here.
    func present(among names: Set<GitObjectName>) async throws -> Set<GitObjectName> {
        Set(try await resolve(Set(names.map { ByteString($0.hex) })).values.map(\.name))
    }

    /// The objects of the repository's own refs that are here, from which everything else is reachable.
    func tips() async throws -> Set<GitObjectName> {
        let refs = try await git.run(["for-each-ref", "--format=%(objectname)"]).lines.compactMap { GitObjectName($0) }
        let head = try await git.output(["rev-parse", "--quiet", "--verify", "HEAD"]).lines.compactMap {
            GitObjectName($0)
        }
        return try await present(among: Set(refs + head))
    }

    /// Whether the first commit is an ancestor of the second, or is it.
    func isAncestor(_ old: GitObjectName, of new: GitObjectName) async throws -> Bool {
        let output = try await git.output(["merge-base", "--is-ancestor", old.hex, new.hex])
        guard output.status <= 1 else {
            throw GitError(arguments: ["merge-base"], status: output.status, message: output.standardError)
        }
        return output.status == 0
    }

    /// A setting as git reads it, or nil.
    func flag(_ key: String) async throws -> Bool? {
        let output = try await git.output(["config", "--type=bool", "--get", key])
        guard output.status <= 1 else {
            throw RemoteHelperError(.badRequest, "git config \(key) is not true or false")
        }
        return output.lines.first.map { $0 == "true" }
    }

    /// Settings by a regular expression over their names; of several with one name all, in order.
    func settings(_ keys: String) async throws -> [(key: String, value: String)] {
        try await git.output(["config", "--null", "--get-regexp", keys]).standardOutput.split(separator: 0).map {
            entry in
            let parts = entry.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            return (
                String(decoding: parts[0], as: UTF8.self),
                parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "true"
            )
        }
    }
}

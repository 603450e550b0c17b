internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// The local bare repository that holds what is known of a server's documents, one ref for each server.
///
/// It lies beside the user's own repository, so that nothing of it is ever among the user's refs.
struct RefMirror: Sendable {
    /// A blob of the tree.
    struct Blob: Hashable, Sendable {
        /// The path in the tree.
        var path: String
        /// The object's name in Git.
        var name: String
        /// The size in bytes.
        var size: UInt64
    }

    /// What a commit does to a path.
    enum Change: Sendable {
        case write(String, [UInt8])
        case remove(String)

        /// The path that is written, or nil.
        var writtenPath: String? { if case .write(let path, _) = self { path } else { nil } }
    }

    /// The repository's absolute path.
    let path: String
    /// The ref that names what the server is known to have.
    let ref: String
    /// Runs git in it.
    let git: Git

    /// Makes the repository unless it is there.
    func make(_ format: GitObjectFormat) async throws {
        if try FileStatus(of: "\(path)/HEAD") != nil { return }
        let lock = try await FileLock.acquire("\(path).lock", mode: 0o600, patience: nil)
        let arguments = ["init", "--quiet", "--bare", "--template=", "--object-format=\(format.rawValue)", path]
        _ = try await git.with(["GIT_DIR": nil]).run(arguments)
        _ = consume lock
    }

    /// The commit that the ref names, or nil.
    func tip() async throws -> String? {
        if let bytes = RegularFile.firstBytes(of: "\(path)/\(ref)", limit: 128) {
            let name = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
            if GitObjectName(name) != nil { return name }
        }
        if try StoreError.fromSystem({ try FileStatus(of: "\(path)/packed-refs") }) == nil { return nil }
        return try await git.output(["rev-parse", "--quiet", "--verify", ref]).lines.first.map(String.init)
    }

    /// Makes the ref name a commit.
    func setTip(_ commit: String) async throws { _ = try await git.run(["update-ref", ref, commit]) }

    /// Forgets what the server was known to have.
    func clearTip() async throws { _ = try await git.run(["update-ref", "-d", ref]) }

    /// The size of the blob at a path in a commit; nil if there is none.
    func size(of path: String, in commit: String) async throws -> UInt64? {
        let input = Array("\(commit):\(path)\n".utf8)
        let output = try await git.run(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], input: input)
        let words = output.lines.first?.split(separator: " ") ?? []
        return words.count == 2 && words[0] == "blob" ? UInt64(words[1]) : nil
    }

    /// The bytes of the blobs at some paths in a commit; those that are absent are left out.
    func read(_ paths: [String], in commit: String) async throws -> [String: [UInt8]] {
        let input = paths.map { "\(commit):\($0)\n" }.joined()
        let arguments = ["cat-file", "--batch=%(objecttype) %(objectsize)"]
        let output = try await git.output(
            arguments, input: Array(input.utf8), limit: PendingDocuments.byteLimit + 1 << 20)
        guard output.status == 0 else {
            throw GitError(arguments: arguments, status: output.status, message: output.standardError)
        }
        var contents: [String: [UInt8]] = [:]
        var rest = output.standardOutput[...]
        for path in paths {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { break }
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest = rest[(end + 1)...]
            // A missing path is answered by one line, whatever format was asked for.
            guard words.count == 2, words[1] != "missing", let size = Int(words[1]), size < rest.count else { continue }
            if words[0] == "blob" { contents[path] = Array(rest.prefix(size)) }
            rest = rest.dropFirst(size + 1)
        }
        return contents
    }

    /// The blobs below a directory in a commit.
    func list(_ directory: String, in commit: String) async throws -> [Blob] {
        let output = try await git.run(["ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", "\(directory)/"])
        return output.standardOutput.split(separator: 0).compactMap { entry in
            let parts = String(decoding: entry, as: UTF8.self).split(separator: "\t", maxSplits: 1)
            let words = parts.first?.split(separator: " ") ?? []
            guard parts.count == 2, words.count == 4, words[1] == "blob", let size = UInt64(words[3]) else {
                return nil
            }
            return Blob(path: String(parts[1]), name: String(words[2]), size: size)
        }
    }

    /// The paths of the blobs in some places of a commit.
    func paths(below places: [String], in commit: String) async throws -> [Substring] {
        let arguments = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--"]
        return RefMirror.texts(try await git.run(arguments + places))
    }

    /// The paths in some places whose blobs a later commit has and an earlier one has not, or has others of.
    func pathsAdded(below places: [String], from earlier: String, to later: String) async throws -> [Substring] {
        let arguments = [
            "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=d", earlier, later, "--",
        ]
        return RefMirror.texts(try await git.run(arguments + places))
    }

    private static func texts(_ output: Git.Output) -> [Substring] {
        output.standardOutput.split(separator: 0).map { Substring(decoding: $0, as: UTF8.self) }
    }

    /// When a commit was made, in seconds since 1970.
    func date(of commit: String) async throws -> Int64 {
        let output = try await git.run(["log", "-1", "--no-show-signature", "--format=%ct", commit])
        return output.lines.first.flatMap { Int64($0) } ?? 0
    }

    /// The name a blob of some bytes has.
    func name(of bytes: [UInt8]) async throws -> String {
        try await git.run(["hash-object", "--stdin"], input: bytes).lines.first.map(String.init) ?? ""
    }

    /// Makes a commit with changes to a parent's tree, on no ref that anybody reads.
    ///
    /// - Returns: the commit's name.
    func commit(_ changes: [Change], on parent: String?) async throws -> String {
        let next = "\(ref)-next"
        // Without an identity of the user's own, git would refuse to make one up.
        let identity = try await git.output(["var", "GIT_COMMITTER_IDENT"])
        let committer =
            identity.status == 0
            ? identity.lines.first.map(String.init) ?? "" : "modmeta <modmeta@localhost> \(SystemCall.now()) +0000"
        let message = "Record \(changes.count) document\(changes.count == 1 ? "" : "s")\n"
        var stream = Array("feature done\nreset \(next)\n".utf8)
        if let parent { stream += Array("from \(parent)\n".utf8) }
        stream += Array(
            "\ncommit \(next)\nmark :1\ncommitter \(committer)\ndata \(message.utf8.count)\n\(message)".utf8)
        if let parent { stream += Array("from \(parent)\n".utf8) }
        for change in changes {
            switch change {
            case .write(let path, let bytes):
                stream += Array("M 100644 inline \(path)\ndata \(bytes.count)\n".utf8)
                stream += bytes
                stream.append(UInt8(ascii: "\n"))
            case .remove(let path): stream += Array("D \(path)\n".utf8)
            }
        }
        stream += Array("\nget-mark :1\ndone\n".utf8)
        let output = try await git.run(["fast-import", "--quiet", "--force"], input: stream)
        guard let commit = output.lines.first, GitObjectName(commit) != nil else {
            throw StoreError(.system, "git fast-import in \(path) did not say what it made")
        }
        return String(commit)
    }
}

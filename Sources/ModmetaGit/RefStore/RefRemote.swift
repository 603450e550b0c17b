internal import ModmetaFormats
internal import ModmetaStore

/// The ref of a Git repository elsewhere that documents are kept in.
struct RefRemote: Sendable {
    /// The ref that is used where the host lets it be.
    static let hiddenRef = "refs/modmeta/manifests"
    /// The branch that is used where it does not.
    static let branch = "refs/heads/modmeta-manifests"

    /// What a push came to.
    enum PushOutcome: Equatable, Sendable {
        /// The server has it.
        case acknowledged
        /// Somebody else pushed first, or is at it.
        case overtaken
        /// The host does not allow this ref; the words are its own.
        case refused(String)
    }

    /// The state of the repository.
    struct State: Equatable, Sendable {
        /// The ref that is there, or nil.
        var ref: String?
        /// The commit it names, or nil.
        var commit: String?
    }

    /// The repository's URL, without credentials.
    let url: String
    /// Runs git in the mirror.
    let git: Git

    /// Asks which ref is there; nil where there is no such repository, or none that the user may see.
    func state() async throws -> State? {
        let arguments = ["ls-remote", "--quiet", url, RefRemote.hiddenRef, RefRemote.branch]
        let output = try await git.output(arguments)
        guard output.status == 0 else {
            let error = RefRemote.failure(output, "read the manifests in", url)
            if error.code == .noStore { return nil }
            throw error
        }
        var found: [ByteString: String] = [:]
        for line in output.lines {
            let words = line.split(separator: "\t")
            if words.count == 2, GitObjectName(words[0]) != nil { found[ByteString(words[1])] = String(words[0]) }
        }
        for ref in [RefRemote.hiddenRef, RefRemote.branch] {
            if let commit = found[ByteString(ref)] { return State(ref: ref, commit: commit) }
        }
        return State()
    }

    /// Fetches the ref into one of the mirror's.
    ///
    /// - Returns: false if the ref is not there any more.
    func fetch(_ ref: String, into local: String) async throws -> Bool {
        let output = try await git.output([
            "-c", "gc.autoDetach=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
            "--recurse-submodules=no", url, "+\(ref):\(local)",
        ])
        if output.status == 0 { return true }
        if output.standardError.contains("couldn't find remote ref") { return false }
        throw RefRemote.failure(output, "read the manifests in", url)
    }

    /// Pushes a commit; never by force.
    func push(_ commit: String, to ref: String) async throws -> PushOutcome {
        let output = try await git.output([
            "push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no", url,
            "\(commit):\(ref)",
        ])
        for line in output.lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 3, fields[1].hasSuffix(":\(ref)") else { continue }
            guard fields[0] == "!" else { return .acknowledged }
            let words = String(fields[2])
            let races = ["fetch first", "non-fast-forward", "stale info", "lock ref", "failed to update ref", "exists"]
            if races.contains(where: { words.contains($0) }) { return .overtaken }
            return .refused(words)
        }
        throw RefRemote.failure(output, "record manifests in", url)
    }

    /// What git's words on standard error mean.
    static func failure(_ output: Git.Output, _ action: String, _ url: String) -> StoreError {
        let lines = output.standardError.split(separator: "\n").filter { !$0.hasPrefix("hint:") }
        let words = Redaction.redacted(lines.suffix(4).joined(separator: "; "))
        let sentence = "cannot \(action) \(Redaction.redacted(url)): \(words)"
        let has: ([String]) -> Bool = { parts in parts.contains { words.lowercased().contains($0) } }
        if has(["not found", "does not exist", "does not appear to be a git repository", "no such file"]) {
            return StoreError(
                .noStore,
                "\(sentence); manifests are kept in the Git repository that the LFS server belongs to: make it, or name "
                    + "another with `git config modmeta.manifestsUrl`")
        }
        if has([
            "authentication failed", "could not read username", "could not read password", "permission denied", "403",
        ]) {
            return StoreError(.denied, "\(sentence); check your credentials, for example with `git ls-remote`")
        }
        if has(["no space left"]) { return StoreError(.full, sentence) }
        if has(["protocol", "certificate", "mismatched algorithms"]) { return StoreError(.unsupported, sentence) }
        return StoreError(.unavailable, sentence)
    }

    /// Whether a URL has a password in it.
    static func holdsPassword(_ url: String) -> Bool {
        guard let separator = url.firstRange(of: "://") else { return false }
        let authority = url[separator.upperBound...].prefix { $0 != "/" }
        return authority.lastIndex(of: "@").map { authority[..<$0].contains(":") } ?? false
    }
}

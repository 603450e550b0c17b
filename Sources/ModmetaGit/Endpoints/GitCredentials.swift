public import ModmetaNetwork
internal import ModmetaSystem

/// The credentials that git has for an LFS server: `git credential` with the user's helpers, or a question at the terminal.
public struct GitCredentials: CredentialSource {
    private let git: Git
    /// A file that agents lock while one of them asks, so that a person is asked once.
    private let lockPath: String

    /// Uses git in a repository.
    ///
    /// - Parameter stateDirectory: the repository's directory for state.
    public init(git: Git, stateDirectory: String) {
        self.git = git.with(["LC_ALL": "C", "GIT_TRACE": "0"])
        lockPath = "\(stateDirectory)/credentials.lock"
    }

    /// Runs `git credential fill`; nil where no helper knows the server and nobody answers.
    public func fill(for server: LFSServerURL, challenges: [String]) async throws -> Credential? {
        let lock = try await FileLock.acquire(lockPath, mode: 0o600, patience: nil)
        var input = GitCredentials.description(of: server)
        for challenge in challenges where !challenge.contains("\n") && !challenge.contains("\0") {
            input += "wwwauth[]=\(challenge)\n"
        }
        let output = try await git.output(["credential", "fill"], input: Array("\(input)\n".utf8), limit: 64 << 10)
        _ = consume lock
        guard output.status == 0 else { return nil }
        var credential = Credential(username: "", password: "")
        for line in output.lines {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "username": credential.username = String(parts[1])
            case "password": credential.password = String(parts[1])
            default: break
            }
            credential.attributes.append(String(line))
        }
        return credential.password.isEmpty && credential.username.isEmpty ? nil : credential
    }

    /// Runs `git credential approve`.
    public func approve(_ credential: Credential, for server: LFSServerURL) async {
        await tell("approve", credential)
    }

    /// Runs `git credential reject`.
    public func reject(_ credential: Credential, for server: LFSServerURL) async { await tell("reject", credential) }

    /// What a helper makes of it is its own business.
    private func tell(_ verb: String, _ credential: Credential) async {
        let input = credential.attributes.map { "\($0)\n" }.joined() + "\n"
        _ = try? await git.output(["credential", verb], input: Array(input.utf8), limit: 64 << 10)
    }

    private static func description(of server: LFSServerURL) -> String {
        let protocolName = server.repository.prefix { $0 != ":" }
        var text = "protocol=\(protocolName)\nhost=\(server.host)\npath=\(server.repositoryPath)\n"
        if let user = server.user { text += "username=\(user)\n" }
        return text
    }
}

internal import ModmetaFormats
internal import ModmetaLFS
internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem

/// Opens the store on an LFS server, with what git knows about reaching it.
struct ServerOpening: Sendable {
    private let opening: StoreOpening
    private let server: LFSServerURL
    private let stateDirectory: String
    private let keeper: ScratchDirectory?

    /// Prepares to open a store.
    ///
    /// - Parameter url: the server's URL, without `modmeta::`.
    /// - Throws: `StoreError.Code.invalidURL`.
    init(_ url: String, from opening: StoreOpening) throws {
        self.opening = opening
        server = try LFSServerURL(url)
        (stateDirectory, keeper) = try opening.makeStateDirectory()
    }

    /// Opens the store; nothing is sent before something is asked of it.
    ///
    /// - Parameters:
    ///   - remote: the remote's name or URL, as git-lfs gives it.
    ///   - history: knows which objects come together.
    func open(
        _ operation: TransferOperation, remote: String?, history: GitVersionHistory?
    ) async throws -> LFSServerStore {
        let entries = try await settings()
        let ssh = remote.flatMap { sshRemote(named: $0) }
        let granting = ssh.map { ssh in
            SSHAuthentication(
                remote: ssh, sshCommand: entries.last { $0.key == "core.sshcommand" }?.value,
                variant: entries.last { $0.key == "ssh.variant" }?.value)
        }
        let purpose: BatchOperation = operation == .upload ? .upload : .download
        let branch = try await opening.git.output(["symbolic-ref", "--quiet", "HEAD"])
        let objects = LFSObjects(
            server: server,
            transport: CurlTransport(
                HTTPConfiguration(entries: entries, environment: environment()), counting: opening.traffic),
            purpose: purpose, spoolDirectory: "\(stateDirectory)/spool",
            credentials: GitCredentials(git: opening.git, stateDirectory: stateDirectory), granting: granting,
            needsCredential: opening.configuration["lfs.\(server.endpoint).access"] == "basic",
            ref: branch.lines.first.map(String.init),
            companions: { [history] object in await history?.companions(of: object) ?? [] })
        return LFSServerStore(objects: objects, documents: try await documents(ssh))
    }

    /// The format of a store.
    func format(of store: LFSServerStore, _ absence: StoreOpening.Absence) async throws -> StoreFormat {
        do {
            return try await store.format()
        } catch let error as StoreError where error.code == .noStore {
            switch absence {
            case .readAsItIs: return unwrittenFormat()
            case .made:
                _ = try await store.put(.format, .bytes(StoreFormat().serialized()))
                return try await store.format()
            case .refused:
                throw StoreError(
                    .noStore,
                    "there is no store at \(server.endpoint): modmeta has pushed nothing there yet, or you may not see it; "
                        + "check the URL, and `modmeta.manifestsUrl` where manifests are kept elsewhere")
            }
        }
    }

    /// The format of a store that has none written; its id is made from the URL, so that what is known of it stays so.
    private func unwrittenFormat() -> StoreFormat {
        let name = SHA256.hash(Array("modmeta server\n\(server.endpoint)".utf8)).hex.prefix(32)
        return StoreFormat(id: StoreFormat.ID(hex: String(name)) ?? StoreFormat.ID())
    }

    private func documents(_ ssh: SSHRemote?) async throws -> GitRefStore {
        let own = opening.configuration["modmeta.manifestsurl"]
        var passed = try await localSettings()
        let url = own ?? ssh?.url ?? server.repository
        if RefRemote.holdsPassword(url) {
            throw StoreError(
                .invalidURL,
                "modmeta.manifestsUrl holds a password, which others on this machine would see; leave it out and use a "
                    + "credential helper")
        }
        // As git would have it from the URL, but not among its arguments.
        if own == nil, ssh == nil, let authorization = server.authorization {
            passed.append(("http.\(server.repository).extraHeader", "Authorization: \(authorization)"))
        }
        return GitRefStore(
            GitRefStore.Place(
                url: url, stateDirectory: stateDirectory, objectFormat: opening.objectFormat, configuration: passed,
                pinsPayloads: opening.configuration.isTrue("modmeta.pinpayloads")), keeper: keeper)
    }

    /// The remote that git reaches by ssh and whose repository is the server's.
    private func sshRemote(named remote: String) -> SSHRemote? {
        let configuration = opening.configuration
        let candidates = configuration.all("remote.\(remote).pushurl") + configuration.all("remote.\(remote).url")
        return candidates.lazy.compactMap { SSHRemote($0) }.first { $0.isRepository(of: server) }
    }

    /// What git's configuration says about HTTP and ssh.
    private func settings() async throws -> [HTTPConfiguration.Entry] {
        let output = try await opening.git.output(
            ["config", "--null", "--get-regexp", "^(http\\.|core\\.sshcommand$|ssh\\.variant$)"])
        return ServerOpening.entries(output).map { HTTPConfiguration.Entry($0.key, $0.value) }
    }

    /// What the user's own repository says about reaching servers, which git in another repository would not read.
    private func localSettings() async throws -> [(key: String, value: String)] {
        let output = try await opening.git.output([
            "config", "--local", "--includes", "--null", "--get-regexp",
            "^(http|credential|ssh|url|user|protocol)\\.|^core\\.(sshcommand|askpass|gitproxy)$",
        ])
        return ServerOpening.entries(output).map { ($0.key, $0.value ?? "true") }
    }

    private static func entries(_ output: Git.Output) -> [(key: String, value: String?)] {
        output.standardOutput.split(separator: 0).map { entry in
            let parts = entry.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            return (
                String(decoding: parts[0], as: UTF8.self),
                parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil
            )
        }
    }

    private func environment() -> [String: String] {
        let names = [
            "GIT_SSL_NO_VERIFY", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY",
            "GIT_HTTP_USER_AGENT",
            "GIT_HTTP_LOW_SPEED_LIMIT", "GIT_HTTP_LOW_SPEED_TIME", "HOME", "https_proxy", "HTTPS_PROXY", "http_proxy",
            "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
        ]
        var environment: [String: String] = [:]
        for name in names { environment[name] = SystemCall.variable(name) }
        return environment
    }
}

internal import ArgumentParser
internal import Glibc
internal import ModmetaGit
internal import ModmetaSystem

/// `modmeta install`: makes git and git-lfs find modmeta.
struct Install: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make git and git-lfs use modmeta for modmeta:: remotes.",
        discussion: """
            Writes a few lines of git configuration, for this user unless told otherwise, and checks git, git-lfs and \
            PATH. It may be run again at any time. Other remotes are not affected.
            """)

    @Flag(help: "Configure the repository in the current directory only.")
    var local = false

    @Flag(help: "Configure every user of this machine.")
    var system = false

    @Flag(help: "Remove the lines again; the filter.lfs lines stay, as they are git-lfs's own.")
    var uninstall = false

    func validate() throws {
        if local && system { throw ValidationError("--local and --system exclude each other.") }
    }

    /// The lines that make git-lfs start the agent for every `modmeta::` URL, and only for those.
    static let agentLines = [
        ("lfs.customtransfer.modmeta.path", "modmeta"),
        ("lfs.customtransfer.modmeta.args", "lfs-agent"),
        ("lfs.customtransfer.modmeta.concurrent", "true"),
        ("lfs.modmeta::.standalonetransferagent", "modmeta"),
    ]
    /// What `git lfs install` writes; needed in a fresh home where the system has not got it.
    static let filterLines = [
        ("filter.lfs.clean", "git-lfs clean -- %f"),
        ("filter.lfs.smudge", "git-lfs smudge -- %f"),
        ("filter.lfs.process", "git-lfs filter-process"),
        ("filter.lfs.required", "true"),
    ]

    private var scope: String { local ? "--local" : system ? "--system" : "--global" }

    func run() async throws {
        try await reportingFailures {
            if uninstall { return try await remove() }
            try await checkPrograms()
            for (key, value) in Self.agentLines { try await set(key, value) }
            for (key, value) in Self.filterLines {
                let present = try await Git().output(["config", "--get", key])
                if present.status != 0 { try await set(key, value) }
            }
            try await installHooks()
            Terminal.print("modmeta is set up (git config \(scope)).")
        }
    }

    private func set(_ key: String, _ value: String) async throws {
        do {
            _ = try await Git().run(["config", scope, key, value])
        } catch let error as GitError {
            throw CommandFailure(
                kind: .environment, message: "cannot set \(key): \(error)",
                hints: system ? ["--system needs the rights of an administrator."] : [])
        }
    }

    private func remove() async throws {
        for (key, _) in Self.agentLines {
            let output = try await Git().output(["config", scope, "--unset-all", key])
            // 5: there was nothing to remove.
            guard output.status == 0 || output.status == 5 else {
                throw CommandFailure(kind: .environment, message: "cannot remove \(key): \(output.errorWords)")
            }
        }
        // git leaves empty sections behind.
        for section in ["lfs.customtransfer.modmeta", "lfs.modmeta::"] {
            _ = try await Git().output(["config", scope, "--remove-section", section])
        }
        Terminal.print("modmeta is no longer set up (git config \(scope)).")
    }

    /// The pre-push hook by which git-lfs sends objects; a repository cloned or made later gets its own from git-lfs.
    private func installHooks() async throws {
        guard local else { return }
        let output = try await Git().output(["lfs", "install", "--local"])
        guard output.status == 0 else {
            throw CommandFailure(
                kind: .environment, message: "git lfs install --local failed: \(output.errorWords)")
        }
    }

    private func checkPrograms() async throws {
        guard let git = try? await Git().output(["version"]), git.status == 0 else {
            throw CommandFailure(
                kind: .environment, message: "git is not on PATH", hints: ["Install it, for example: apt install git"])
        }
        guard let lfs = try? await Git().output(["lfs", "version"]), lfs.status == 0 else {
            throw CommandFailure(
                kind: .environment, message: "git-lfs is not on PATH",
                hints: ["Install it, for example: apt install git-lfs"])
        }
        for program in ["modmeta", "git-remote-modmeta"] where !isOnPath(program) {
            throw CommandFailure(
                kind: .environment, message: "\(program) is not on PATH, so git would not find it",
                hints: [
                    "Add the directory it was installed in to PATH, for example: export PATH=\"$HOME/.local/bin:$PATH\""
                ])
        }
    }

    private func isOnPath(_ program: String) -> Bool {
        guard let path = getenv("PATH") else { return false }
        return String(cString: path).split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}

internal import ModmetaFormats
internal import ModmetaLFS
internal import ModmetaNetwork
internal import ModmetaStore
internal import Subprocess
internal import SystemPackage

/// Access to an LFS server by `git-lfs-authenticate` on the ssh side of the same host.
///
/// See the section "SSH" of git-lfs's docs/api/authentication.md. The program and its options are those git would use:
/// `GIT_SSH_COMMAND`, `core.sshCommand`, `GIT_SSH`, `ssh`.
struct SSHAuthentication: EndpointGranting {
    /// The most bytes of an answer.
    private static let byteLimit = 64 << 10

    let remote: SSHRemote
    /// The value of `core.sshCommand`, or nil.
    let sshCommand: String?
    /// The value of `ssh.variant`, or nil.
    let variant: String?

    /// Asks the host.
    ///
    /// - Throws: `StoreError` with what ssh said.
    func grant(for operation: BatchOperation) async throws -> EndpointGrant {
        let command = "git-lfs-authenticate \(SSHAuthentication.quoted(remote.path)) \(operation.rawValue)"
        let (executable, arguments) = invocation(command)
        let output: (status: Int, bytes: [UInt8], errors: String)
        do {
            let result = try await Subprocess.run(
                .name(executable), arguments: Arguments(arguments), environment: .inherit, input: .none,
                output: .bytes(limit: SSHAuthentication.byteLimit), error: .string(limit: SSHAuthentication.byteLimit))
            output = (result.terminationStatus.code, result.standardOutput, result.standardError)
        } catch let error as SubprocessError {
            throw StoreError(.unavailable, "cannot run ssh to \(remote.destination): \(error)")
        }
        guard output.status == 0 else {
            let words = output.errors.split(separator: "\n").suffix(3).joined(separator: "; ")
            throw StoreError(
                output.status == 255 ? .unavailable : .denied,
                "cannot ask \(remote.destination) by ssh for access to its LFS server: \(words)")
        }
        let answer: LFSAction
        do throws(FormatError) {
            answer = try LFSAction(parsing: output.bytes)
        } catch {
            throw StoreError(
                .unsupported,
                "git-lfs-authenticate on \(remote.destination) did not answer as it should: \(error); ask its host")
        }
        return EndpointGrant(
            endpoint: answer.href.isEmpty ? nil : answer.href,
            fields: answer.header.map { HTTPField($0.name, $0.value) },
            expiry: answer.lifetime(at: SystemCall.now()).map { .now + .seconds($0) })
    }

    /// The program and the arguments that run a command on the remote's host.
    func invocation(
        _ command: String, environment: (String) -> String? = { SystemCall.variable($0) }
    ) -> (executable: String, arguments: [String]) {
        let shell = environment("GIT_SSH_COMMAND").flatMap { $0.isEmpty ? nil : $0 } ?? sshCommand
        let program = environment("GIT_SSH").flatMap { $0.isEmpty ? nil : $0 } ?? "ssh"
        let first = shell?.split(separator: " ").first.map(String.init) ?? program
        var kind = environment("GIT_SSH_VARIANT") ?? variant ?? "auto"
        if kind == "auto" {
            let name = (first.split(separator: "/").last ?? "").lowercased()
            kind = ["plink", "putty", "tortoiseplink"].first { name.hasPrefix($0) } ?? "ssh"
        }
        var arguments: [String] = []
        if let port = remote.port, kind != "simple" { arguments = [kind == "ssh" ? "-p" : "-P", port] }
        arguments += [remote.destination, command]
        guard let shell else { return (program, arguments) }
        return ("sh", ["-c", "\(shell) \"$@\"", shell] + arguments)
    }

    /// A path as the shell on the host takes it for one word; plain ones stay as they are, as some hosts have no shell.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "/._-+~@:,".utf8.contains(byte)
            }
        }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

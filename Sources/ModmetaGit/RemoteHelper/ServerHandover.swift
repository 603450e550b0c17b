internal import Glibc
internal import ModmetaStore

/// Hands Git itself over to git's own helper for HTTP, where the store is a server: weights go through the agent only.
struct ServerHandover {
    /// `remote-https` or `remote-http`.
    let command: String
    /// What that helper is started with: the remote and its URL.
    let arguments: [String]

    /// Decides whether an address is a server's; nil if not.
    ///
    /// - Throws: `RemoteHelperError.Code.badRequest` for a server without TLS on another machine.
    init?(remote: String, address: String) throws {
        guard case .server(let url)? = try? StoreURL(address).location else { return nil }
        let isSecure = url.lowercased().hasPrefix("https:")
        guard isSecure || ServerHandover.isLoopback(url) else {
            throw RemoteHelperError(
                .badRequest,
                "\(StoreURL(.server(url: url))) is not encrypted; http:// is for this machine only, use https://")
        }
        command = isSecure ? "remote-https" : "remote-http"
        // A remote without a name goes by its URL, which git gives with our prefix.
        arguments = [remote.hasPrefix("modmeta::") ? url : remote, url]
    }

    /// Becomes that helper; the lines of git, none of which was read yet, are for it.
    ///
    /// - Throws: `RemoteHelperError.Code.system`; it does not return otherwise.
    func run() throws {
        // Ignored signals stay ignored across exec.
        signal(SIGPIPE, SIG_DFL)
        let words = ["git", command] + arguments
        let pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execvp("git", pointers)
        let reason = SystemCall.reason()
        for pointer in pointers { free(pointer) }
        throw RemoteHelperError(.system, "cannot start git \(command): \(reason)")
    }

    private static func isLoopback(_ url: String) -> Bool {
        let authority = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if host.hasPrefix("[::1]") { return host.dropFirst(5).isEmpty || host.dropFirst(5).hasPrefix(":") }
        let name = host.prefix { $0 != ":" }.lowercased()
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
        return name == "localhost" || isAddress
    }
}

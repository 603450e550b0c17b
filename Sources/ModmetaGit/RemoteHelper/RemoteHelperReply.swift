internal import ModmetaFormats
internal import ModmetaStore

/// The texts the helper writes to git, each with its last newline.
enum RemoteHelperReply {
    /// What the helper can do.
    static let capabilities = "fetch\npush\noption\ncheck-connectivity\nobject-format\n\n"

    /// The one line every option is answered with.
    static func option(_ answer: RemoteHelperOptions.Answer) -> String {
        switch answer {
        case .accepted: "ok\n"
        case .unsupported: "unsupported\n"
        case .invalid(let reason): "error \(TerminalText.line(reason))\n"
        }
    }

    /// The refs of a store.
    ///
    /// - Parameter objectFormat: the hash to announce, or nil if git did not ask.
    static func list(_ refs: StoreRefs, forPush: Bool, objectFormat: GitObjectFormat?) -> String {
        var text = objectFormat.map { ":object-format \($0.rawValue)\n" } ?? ""
        for ref in refs.all {
            text += "\(ref.target) \(ref.name)\n"
            // Without these lines, as remote-curl writes them, git does not fetch tags along with their commits.
            if !forPush, let peeled = ref.peeled { text += "\(peeled) \(ref.name)^{}\n" }
        }
        if !forPush {
            switch refs.head {
            // Git resolves the symbolic HEAD through this very list, so one that names no ref of it is left out.
            case .branch(let name): if refs[name] != nil { text += "@\(name) HEAD\n" }
            case .detached(let target): text += "\(target) HEAD\n"
            }
        }
        return text + "\n"
    }

    /// The end of a fetch batch.
    static func fetched(lock: String?, isConnected: Bool) -> String {
        (lock.map { "lock \($0)\n" } ?? "") + (isConnected ? "connectivity-ok\n" : "") + "\n"
    }

    /// The end of a push batch.
    static func pushed(_ results: [PushResult]) -> String {
        results.map { result in
            switch result.status {
            case .done: "ok \(result.destination)\n"
            // Git shows the reason as it is.
            case .refused(let reason):
                "error \(result.destination) \(CQuotedString.quoted(TerminalText.line(reason)))\n"
            }
        }.joined() + "\n"
    }
}

/// What became of one ref of a push.
struct PushResult: Equatable, Sendable {
    /// How it ended.
    enum Status: Equatable, Sendable {
        /// The ref holds what was pushed, or would.
        case done
        /// The ref was left alone. Some reasons are words git knows: see `PushRefusal`.
        case refused(String)
    }

    /// The full name of the store's ref.
    var destination: String
    /// How it ended.
    var status: Status
}

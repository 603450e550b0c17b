internal import ModmetaStore
internal import Glibc
internal import ModmetaSystem

/// A Git directory of our own that shows a store's objects and refs without its config and hooks.
///
/// Whoever can write to a store can put commands into its `config` and `hooks`, so git never runs with them. The view is
/// a private directory: `config` and `HEAD` are ours; `objects`, `refs`, `packed-refs` and `info` are symbolic links into
/// the store. Git resolves the links before it locks, so that its locks are the store's own, and ours exclude those of
/// stock git. See docs/decisions/0003-git-through-a-sealed-view.md.
struct SealedView: Sendable {
    /// How long git tries to lock a ref, in milliseconds; it waits between tries for random times.
    static let lockTimeout = 10_000

    /// Runs git in the view.
    let git: Git
    /// The view's directory.
    var path: String { "\(scratch.path)/view" }
    /// Where its files are, and other passing ones.
    let scratch: ScratchDirectory

    /// Makes a view of a store.
    ///
    /// - Parameters:
    ///   - store: the absolute path of the store.
    ///   - head: what the view's HEAD holds.
    ///   - config: what the store's config says, of the few keys that matter.
    init(of store: String, head: StoreRefs.Head, config: StoreConfig, scratch: ScratchDirectory) throws {
        self.scratch = scratch
        let path = "\(scratch.path)/view"
        guard mkdir(path, 0o700) == 0 else {
            throw RemoteHelperError(.system, "cannot make \(path): \(SystemCall.reason())")
        }
        for name in ["objects", "refs", "packed-refs", "info"] { try SealedView.link(store, path, name) }
        if access("\(store)/shallow", F_OK) == 0 { try SealedView.link(store, path, "shallow") }
        let headLine =
            switch head {
            case .branch(let name): "ref: \(name)\n"
            case .detached(let object): "\(object)\n"
            }
        try SystemCall.writeFile("\(path)/HEAD", Array(headLine.utf8))
        try SystemCall.writeFile("\(path)/config", Array(SealedView.config(config).utf8))
        git = Git(directory: path, environment: SealedView.environment(path))
    }

    private static func link(_ store: String, _ view: String, _ name: String) throws {
        guard symlink("\(store)/\(name)", "\(view)/\(name)") == 0 else {
            throw RemoteHelperError(.system, "cannot link to \(store)/\(name): \(SystemCall.reason())")
        }
    }

    private static func config(_ store: StoreConfig) -> String {
        var text = """
            [core]
            \trepositoryFormatVersion = \(store.objectFormat == .sha1 ? 0 : 1)
            \tbare = true
            \tlogAllRefUpdates = false
            \thooksPath = /dev/null
            \tfsmonitor = false
            \tfsync = all
            \tfilesRefLockTimeout = \(lockTimeout)
            \tpackedRefsTimeout = \(lockTimeout)
            [gc]
            \tauto = 0
            [maintenance]
            \tauto = false

            """
        if let shared = store.shared { text += "[core]\n\tsharedRepository = \(shared)\n" }
        if store.objectFormat != .sha1 { text += "[extensions]\n\tobjectFormat = \(store.objectFormat.rawValue)\n" }
        return text
    }

    private static func environment(_ path: String) -> [String: String?] {
        Git.noRepository.merging([
            "GIT_DIR": path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_PARAMETERS": nil, "GIT_CONFIG_COUNT": nil, "GIT_CONFIG": nil,
            "GIT_NO_REPLACE_OBJECTS": "1", "GIT_REPLACE_REF_BASE": nil, "GIT_GRAFT_FILE": "\(path)/no-grafts",
            "GIT_SHALLOW_FILE": nil, "GIT_QUARANTINE_PATH": nil, "GIT_REFLOG_ACTION": nil,
            "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
        ]) { $1 }
    }
}

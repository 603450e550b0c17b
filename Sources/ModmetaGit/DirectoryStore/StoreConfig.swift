internal import ModmetaStore

/// The few settings of a store's own `config` that change how its files must be written.
struct StoreConfig: Equatable, Sendable {
    /// The hash that names the store's objects.
    var objectFormat = GitObjectFormat.sha1
    /// Who may read and write new files, in the words of `core.sharedRepository`; nil for the default.
    var shared: String?

    /// The keys asked of git, as a regular expression over their lower-case names.
    static let keys = "^(core\\.(repositoryformatversion|sharedrepository)|extensions\\..*)$"

    /// Parses what `git config --null --get-regexp` writes: key, newline, value, NUL; without newline for a bare key.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` for a repository format this program does not know.
    init(parsing output: [UInt8], store: String) throws {
        for entry in output.split(separator: 0) {
            let parts = entry.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(decoding: parts[0], as: UTF8.self)
            let value = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "true"
            switch key {
            case "core.repositoryformatversion":
                guard value == "0" || value == "1" else {
                    throw RemoteHelperError(
                        .badStore,
                        "the store at \(store) has repository format version \(value), which is not known here")
                }
            case "core.sharedrepository":
                shared = StoreConfig.isSharing(value) ? value : nil
            case "extensions.objectformat":
                guard let format = GitObjectFormat(rawValue: value) else {
                    throw RemoteHelperError(
                        .badStore, "the store at \(store) names its objects by \(value), which is not known here")
                }
                objectFormat = format
            // These change nothing about objects and refs.
            case "extensions.noop", "extensions.preciousobjects", "extensions.worktreeconfig",
                "extensions.partialclone":
                continue
            default:
                throw RemoteHelperError(
                    .badStore, "the store at \(store) uses \(key) = \(value), which is not known here")
            }
        }
    }

    /// Whether a value of `core.sharedRepository` is one of git's words or an octal mode.
    private static func isSharing(_ value: String) -> Bool {
        let words = ["umask", "group", "all", "world", "everybody", "true", "false", "yes", "no", "on", "off"]
        let isMode = (1...4).contains(value.utf8.count) && value.utf8.allSatisfy { (0x30...0x37).contains($0) }
        return isMode || words.contains(value)
    }
}

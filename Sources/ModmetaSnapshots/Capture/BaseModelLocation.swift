internal import Glibc
internal import ModmetaFormats

/// Where a base model lies on this machine, and which commit of it that is.
public struct BaseModelLocation: Hashable, Sendable {
    /// The directory with its files.
    public var path: String
    /// The commit on the Hugging Face Hub, where the directory is that of its cache.
    public var revision: String?
    /// Whether the directory is one of the Hub's cache, found by a name, and not one that somebody's file chose.
    let isInHub: Bool

    /// Finds a model: a directory, or what Hugging Face's cache has of it.
    ///
    /// - Parameters:
    ///   - id: a path, or a name as `meta-llama/Meta-Llama-3-8B`.
    ///   - revision: a commit, branch or tag; nil for `main`.
    ///   - variable: gives the value of a variable of the environment.
    public init?(finding id: String, revision: String?, variable: (String) -> String?) {
        if id.hasPrefix("/") || id.hasPrefix("./") || id.hasPrefix("../"), BaseModelLocation.isDirectory(id) {
            self.init(path: id, revision: BaseModelLocation.revision(inPath: id), isInHub: false)
            return
        }
        let isName = id.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        guard isName, let hub = BaseModelLocation.hub(variable) else { return nil }
        let model = "\(hub)/models--\(id.split(separator: "/").joined(separator: "--"))"
        let name = revision ?? "main"
        guard !name.contains("..") else { return nil }
        var commit = name
        if let bytes = try? CheckpointFile.bytes(of: "\(model)/refs/\(name)", limit: 256) {
            commit = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        }
        guard commit.utf8.count == 40, commit.allSatisfy(\.isHexDigit),
            BaseModelLocation.isDirectory("\(model)/snapshots/\(commit)")
        else { return nil }
        self.init(path: "\(model)/snapshots/\(commit)", revision: commit, isInHub: true)
    }

    private init(path: String, revision: String?, isInHub: Bool) {
        (self.path, self.revision, self.isInHub) = (path, revision, isInHub)
    }

    /// Whether a directory lies in a cache of the Hub as one commit of a model.
    static func isHubSnapshot(_ path: String) -> Bool {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return parts.count > 2
            && revision(inPath: path).map { $0.hasSameBytes(as: String(parts[parts.count - 1])) } == true
    }

    /// The commit that a path inside of the cache names.
    private static func revision(inPath path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let index = parts.lastIndex(of: "snapshots"), index + 1 < parts.count, index > 0,
            parts[index - 1].hasPrefix("models--"), parts[index + 1].utf8.count == 40
        else { return nil }
        return String(parts[index + 1])
    }

    /// Where the cache lies.
    ///
    /// https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
    private static func hub(_ variable: (String) -> String?) -> String? {
        if let hub = variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE") { return hub }
        if let home = variable("HF_HOME") { return "\(home)/hub" }
        if let cache = variable("XDG_CACHE_HOME") { return "\(cache)/huggingface/hub" }
        return variable("HOME").map { "\($0)/.cache/huggingface/hub" }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

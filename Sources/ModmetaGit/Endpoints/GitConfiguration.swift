internal import ModmetaFormats
public import ModmetaStore

/// The part of a Git configuration that decides where LFS objects go, read by git itself.
public struct GitConfiguration: Hashable, Sendable {
    private var values: [ByteString: [String]] = [:]
    /// The section `http`, in the order git reads it.
    public private(set) var http: [HTTPConfiguration.Entry] = []

    /// The sections that are read, as a regular expression of git's.
    static let sections = "^(lfs|remote|modmeta|url|http)\\."

    /// Creates a configuration without any value.
    public init() {}

    /// Reads what `git config --null --get-regexp` writes: per value the key, a newline, the value, and a NUL.
    ///
    /// - Parameter output: a key without a newline after it has no value, which git takes for true.
    public init(parsing output: [UInt8]) {
        for entry in output.split(separator: 0) {
            let end = entry.firstIndex(of: UInt8(ascii: "\n")) ?? entry.endIndex
            let value = end == entry.endIndex ? "true" : String(decoding: entry[(end + 1)...], as: UTF8.self)
            let key = String(decoding: entry[..<end], as: UTF8.self)
            values[ByteString(key), default: []].append(value)
            if key.hasBytePrefix("http.") { http.append(HTTPConfiguration.Entry(key, value)) }
        }
    }

    /// Reads the configuration git has in this place, or the one in the file or blob that `source` names.
    ///
    /// - Parameter source: options of `git config` that choose a source; none for all that git usually reads.
    /// - Throws: `GitError` where git cannot read it.
    public init(readBy git: Git, from source: [String] = []) async throws {
        let arguments = ["config"] + source + ["--null", "--get-regexp", GitConfiguration.sections]
        let output = try await git.output(arguments)
        // git exits with 1 where nothing matches.
        guard output.status == 0 || output.status == 1 && output.standardError.isEmpty else {
            throw GitError(arguments: arguments, status: output.status, message: output.standardError)
        }
        self.init(parsing: output.standardOutput)
    }

    /// The value that counts for a key of one value, the last one; nil where it is unset or empty.
    ///
    /// - Parameter key: section and variable in lower case, the part between as it was written.
    public subscript(key: String) -> String? {
        values[ByteString(key)]?.last.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// All values of a key, in the order git reads them.
    public func all(_ key: String) -> [String] { values[ByteString(key)] ?? [] }

    /// Whether a key is set to one of git's words for true.
    public func isTrue(_ key: String) -> Bool {
        guard let value = self[key]?.lowercased() else { return false }
        return ["true", "yes", "on"].contains(value) || Int(value).map { $0 != 0 } == true
    }

    /// Whether any URL is rewritten (`url.<base>.insteadOf` and the like).
    public var rewritesURLs: Bool { values.keys.contains { $0.text.hasBytePrefix("url.") } }

    /// Whether some objects may be absent until git fetches them, as in a partial clone.
    public var hasPromisor: Bool {
        values.keys.contains { key in
            key.text.hasBytePrefix("remote.")
                && (key.text.hasByteSuffix(".promisor") || key.text.hasByteSuffix(".partialclonefilter"))
        }
    }
}

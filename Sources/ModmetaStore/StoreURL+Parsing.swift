internal import ModmetaFormats

extension StoreURL {
    /// The most bytes a URL may have.
    public static let byteLimit = 8 << 10

    private static let forms =
        "modmeta::file:///directory, modmeta::/directory, modmeta::s3://bucket/prefix "
        + "or modmeta::https://host/path"

    /// Parses a URL with or without `modmeta::`, as a configuration or a remote helper's arguments hold it.
    ///
    /// - Parameters:
    ///   - text: the URL. A path after `file://` is percent-decoded; a bare path is taken as it is.
    ///   - removingLFSSuffix: whether `.git/info/lfs` (or `/info/lfs`), which git-lfs appends to a remote's URL, is cut
    ///     off; see `withGitSuffix` for what is lost.
    /// - Throws: `.invalidURL` if it names no kind of store, a relative path, or holds control characters.
    public init(_ text: String, removingLFSSuffix: Bool = false) throws(StoreError) {
        guard text.utf8.count <= StoreURL.byteLimit else {
            throw StoreError(.invalidURL, "a store URL has more than \(StoreURL.byteLimit) bytes")
        }
        try StoreURL.refuseControls(text, in: text)
        var address = text.hasPrefix("modmeta::") ? text.dropFirst("modmeta::".count) : Substring(text)
        if removingLFSSuffix {
            if address.hasSuffix("/info/lfs") { address.removeLast("/info/lfs".count) }
            if address.hasSuffix(".git") { address.removeLast(".git".count) }
        }
        try self.init(StoreURL.location(address, text: text))
    }

    private static func location(_ address: Substring, text: String) throws(StoreError) -> Location {
        if address.hasPrefix("/") { return .directory(path: try directory(address, text: text)) }
        let scheme = address.prefix { $0 != ":" && $0 != "/" }
        let rest = address.dropFirst(scheme.count)
        guard rest.hasPrefix(":") else {
            throw StoreError(
                .invalidURL,
                address.isEmpty
                    ? "the store URL \(quoted(text)) is empty; give it as \(forms)"
                    : "the store path in \(quoted(text)) is relative; write it in full, from the root directory on"
            )
        }
        switch scheme.lowercased() {
        case "file": return .directory(path: try filePath(rest.dropFirst(), text: text))
        case "s3": return try bucket(rest, text: text)
        case "https", "http": return try server(address, rest: rest, text: text)
        default:
            throw StoreError(
                .invalidURL,
                "the store URL \(quoted(text)) names no kind of store we know; give it as \(forms)")
        }
    }

    /// The path in what follows `file:`.
    private static func filePath(_ rest: Substring, text: String) throws(StoreError) -> String {
        var path = rest
        if path.hasPrefix("//") {
            let host = path.dropFirst(2).prefix { $0 != "/" }
            path = path.dropFirst(2 + host.count)
            guard host.isEmpty || host.lowercased() == "localhost" else {
                throw StoreError(
                    .invalidURL,
                    "\(quoted(text)) names the host or the relative path \(quoted(host)); "
                        + "a file URL has three slashes and a path from the root directory on: file:///directory")
            }
        }
        guard path.hasPrefix("/") else {
            throw StoreError(
                .invalidURL,
                "the store path in \(quoted(text)) is relative; write it in full, from the root directory on")
        }
        let decoded = try percentDecoded(path, text: text)
        try refuseControls(decoded, in: text)
        return try directory(decoded[...], text: text)
    }

    /// An absolute path without needless slashes.
    private static func directory(_ path: Substring, text: String) throws(StoreError) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.isEmpty else {
            throw StoreError(.invalidURL, "\(quoted(text)) names the root directory, which cannot be a store")
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func bucket(_ rest: Substring, text: String) throws(StoreError) -> Location {
        let parts = rest.dropFirst("://".count).split(separator: "/")
        guard rest.hasPrefix("://"), rest.dropFirst(3).first != "/", let name = parts.first else {
            throw StoreError(
                .invalidURL, "\(quoted(text)) names no bucket; give it as modmeta::s3://bucket/prefix")
        }
        return .bucket(name: String(name), prefix: parts.dropFirst().joined(separator: "/"))
    }

    private static func server(_ address: Substring, rest: Substring, text: String) throws(StoreError) -> Location {
        guard rest.hasPrefix("://"), let first = rest.dropFirst(3).first, first != "/" else {
            throw StoreError(
                .invalidURL, "\(quoted(text)) names no host; give it as modmeta::https://host/path")
        }
        var url = address
        while url.hasSuffix("/") { url.removeLast() }
        return .server(url: String(url))
    }

    private static func percentDecoded(_ path: Substring, text: String) throws(StoreError) -> String {
        let bytes = Array(path.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, let high = Character(UnicodeScalar(bytes[index + 1])).hexDigitValue,
                    let low = Character(UnicodeScalar(bytes[index + 2])).hexDigitValue
                else {
                    throw StoreError(
                        .invalidURL,
                        "in \(quoted(text)), a % is not followed by two hexadecimal digits; write it as %25")
                }
                decoded.append(UInt8(high << 4 | low))
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        guard let result = String(validating: decoded, as: UTF8.self) else {
            throw StoreError(
                .invalidURL, "the path in \(quoted(text)) is not UTF-8 once it is percent-decoded")
        }
        return result
    }

    /// A text as it can safely be shown, without characters that a terminal would obey.
    private static func quoted(_ text: some StringProtocol) -> String { "\"\(TerminalText.line(text))\"" }

    private static func refuseControls(_ value: String, in text: String) throws(StoreError) {
        guard value.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw StoreError(.invalidURL, "the store URL \(quoted(text)) holds a control character")
        }
    }
}

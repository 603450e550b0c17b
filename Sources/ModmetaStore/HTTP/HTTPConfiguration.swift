/// What the user's git configuration and environment say about HTTP; gives the settings for each URL.
///
/// Of git's variables these are obeyed, each also as `http.<url>.*`: `sslVerify`, `sslCAInfo`, `sslCAPath`, `sslCert`,
/// `sslKey`, `proxy`, `userAgent`, `extraHeader`, `lowSpeedLimit`, `lowSpeedTime`. The environment goes before them, as
/// it does in git.
public struct HTTPConfiguration: Hashable, Sendable {
    /// A line of git's configuration.
    public struct Entry: Hashable, Sendable {
        /// The key; section and variable in lower case, as `git config --list` prints it.
        public var key: String
        /// The value; nil where a line has a key only, which means true.
        public var value: String?

        /// Creates a line.
        public init(_ key: String, _ value: String?) {
            self.key = key
            self.value = value
        }
    }

    /// An entry taken apart.
    private struct Line: Hashable, Sendable {
        /// The URL it is for; nil for all.
        var pattern: Substring?
        var variable: Substring
        var value: String?
    }

    private var entries: [Line]
    private let environment: [String: String]
    private var ownAuthorityFile: String?
    /// The settings where neither says anything.
    public var defaults: HTTPSettings

    /// Keeps what matters of a configuration.
    ///
    /// - Parameters:
    ///   - entries: git's configuration in its order, least specific file first; none of it from a committed file.
    ///   - environment: the process's environment.
    ///   - defaults: the settings where neither says anything.
    public init(
        entries: [Entry] = [], environment: [String: String] = [:], defaults: HTTPSettings = HTTPSettings()
    ) {
        self.entries = entries.compactMap { entry in
            guard entry.key.lowercased().hasPrefix("http."), let dot = entry.key.lastIndex(of: ".") else { return nil }
            let start = entry.key.index(entry.key.startIndex, offsetBy: "http".count)
            let pattern = start < dot ? entry.key[entry.key.index(after: start)..<dot] : nil
            return Line(
                pattern: pattern, variable: Substring(entry.key[dot...].dropFirst().lowercased()), value: entry.value)
        }
        self.environment = environment
        self.defaults = defaults
    }

    /// The settings for requests to a URL.
    public func settings(for url: String) -> HTTPSettings {
        guard let address = HTTPAddress(url) else { return defaults }
        var settings = defaults
        applyEntries(for: address, to: &settings)
        applyEnvironment(for: address, to: &settings)
        settings.authorityFile = ownAuthorityFile ?? settings.authorityFile
        return settings
    }

    /// The same for a service whose protocol is not git's: without extra fields, and without waiting to learn whether one
    /// connection carries many requests, which those of buckets rarely do.
    ///
    /// - Parameter authorityFile: a file of certificates to trust that goes before what is configured here.
    public func forService(authorityFile: String?) -> HTTPConfiguration {
        var copy = self
        copy.entries.removeAll { $0.variable == "extraheader" }
        copy.ownAuthorityFile = authorityFile
        copy.defaults.awaitsMultiplexing = false
        return copy
    }

    /// A line counts unless one that fits the URL better came before; of equals the last one counts.
    private func applyEntries(for address: HTTPAddress, to settings: inout HTTPSettings) {
        var best: [Substring: URLPattern.Match] = [:]
        for entry in entries {
            var match = URLPattern.Match.none
            if let pattern = entry.pattern {
                guard let found = URLPattern(pattern)?.match(address) else { continue }
                match = found
            }
            if let earlier = best[entry.variable], match < earlier { continue }
            best[entry.variable] = match
            apply(entry.variable, entry.value, to: &settings)
        }
    }

    private func apply(_ variable: Substring, _ value: String?, to settings: inout HTTPSettings) {
        let path = value.map(expanded).flatMap { $0.isEmpty ? nil : $0 }
        switch variable {
        case "sslverify": settings.verifiesServer = HTTPConfiguration.isTrue(value)
        case "sslcainfo": settings.authorityFile = path
        case "sslcapath": settings.authorityDirectory = path
        case "sslcert": settings.clientCertificate = path
        case "sslkey": settings.clientKey = path
        case "proxy": settings.proxy = value ?? ""
        case "useragent": settings.userAgent = value ?? settings.userAgent
        case "lowspeedlimit": settings.stallSpeed = value.flatMap { Int($0) } ?? settings.stallSpeed
        case "lowspeedtime": settings.stallTime = HTTPConfiguration.seconds(value) ?? settings.stallTime
        case "extraheader":
            guard let value, !value.isEmpty else {
                settings.extraFields = []
                return
            }
            if let field = HTTPField(line: value) { settings.extraFields.append(field) }
        default: break
        }
    }

    private func applyEnvironment(for address: HTTPAddress, to settings: inout HTTPSettings) {
        if environment["GIT_SSL_NO_VERIFY"] != nil { settings.verifiesServer = false }
        if let path = variable("GIT_SSL_CAINFO") { settings.authorityFile = path }
        if let path = variable("GIT_SSL_CAPATH") { settings.authorityDirectory = path }
        if let path = variable("GIT_SSL_CERT") { settings.clientCertificate = path }
        if let path = variable("GIT_SSL_KEY") { settings.clientKey = path }
        if let name = variable("GIT_HTTP_USER_AGENT") { settings.userAgent = name }
        if let limit = variable("GIT_HTTP_LOW_SPEED_LIMIT").flatMap({ Int($0) }) { settings.stallSpeed = limit }
        if let time = HTTPConfiguration.seconds(variable("GIT_HTTP_LOW_SPEED_TIME")) { settings.stallTime = time }
        if settings.proxy == nil {
            // HTTP_PROXY in capitals is what a web server makes of a request's field `Proxy`, so curl does not read it.
            let names = address.scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
            settings.proxy = (names + ["all_proxy", "ALL_PROXY"]).lazy.compactMap(variable).first
        }
        if settings.proxy == "" { settings.proxy = nil }
        settings.proxyExceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? settings.proxyExceptions
    }

    /// A variable of the environment that says something.
    private func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func expanded(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = variable("HOME") else { return path }
        return home + path.dropFirst()
    }

    /// What git takes for false: an empty value, `false`, `no`, `off`, and 0.
    private static func isTrue(_ value: String?) -> Bool {
        guard let value = value?.lowercased() else { return true }
        return !["", "false", "no", "off"].contains(value) && Int(value) != 0
    }

    private static func seconds(_ value: String?) -> Duration? {
        guard let number = value.flatMap({ Int32($0) }), number > 0 else { return nil }
        return .seconds(number)
    }
}

extension HTTPField {
    /// A field from a line of a header; nil if it has no colon or no name.
    init?(line: some StringProtocol) {
        let line = String(line)
        let bytes = line.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex else { return nil }
        let value = bytes[bytes.index(after: colon)...]
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = value.firstIndex(where: { !isSpace($0) }),
            let last = value.lastIndex(where: { !isSpace($0) })
        else {
            self.init(String(line[..<colon]), "")
            return
        }
        self.init(String(line[..<colon]), String(line[first...last]))
    }
}

/// How connections to one server are made.
public struct HTTPSettings: Hashable, Sendable {
    /// A file of certificates to trust, in PEM; nil for the system's.
    public var authorityFile: String?
    /// A directory of certificates to trust; nil for the system's.
    public var authorityDirectory: String?
    /// A file with the client's certificate, in PEM.
    public var clientCertificate: String?
    /// A file with the client's key, in PEM; nil where it is in the file of the certificate.
    public var clientKey: String?
    /// Whether the server must prove who it is.
    public var verifiesServer = true
    /// The proxy's URL, credentials included; nil for none.
    public var proxy: String?
    /// The hosts that are reached without the proxy, as curl has them: separated by commas.
    public var proxyExceptions: String?
    /// How the program names itself.
    public var userAgent = "modmeta"
    /// Fields sent with every request to this server.
    public var extraFields: [HTTPField] = []
    /// How long a connection may take to be made.
    public var connectTimeout: Duration = .seconds(30)
    /// The bytes per second below which a transfer counts as stalled.
    public var stallSpeed = 1
    /// How long a transfer may be stalled before it is given up; there is no limit to how long a whole one takes.
    public var stallTime: Duration = .seconds(60)
    /// Whether a request waits for the first connection to be made, as that may carry it too, before another is begun.
    public var awaitsMultiplexing = true
    /// The most connections to one host.
    public var connectionLimit = 32

    /// Creates the settings of a connection that nothing was said about.
    public init() {}
}

internal import CLinux

/// What opening a store on a network needs besides its URL: who asks, and by which ways.
public struct StoreAccess: Sendable {
    /// The environment, for `AWS_*` and proxies.
    public var environment: [String: String]
    /// How HTTP connections are made.
    public var http: HTTPConfiguration
    /// Counts what is sent and received.
    public var traffic: NetworkTraffic

    /// Creates access by an environment and git's configuration.
    ///
    /// - Parameters:
    ///   - gitConfiguration: what `HTTPConfiguration` reads; none of it from a committed file.
    ///   - traffic: counts what is sent and received.
    public init(
        environment: [String: String] = StoreAccess.processEnvironment,
        gitConfiguration: [HTTPConfiguration.Entry] = [], counting traffic: NetworkTraffic = NetworkTraffic()
    ) {
        self.environment = environment
        http = HTTPConfiguration(entries: gitConfiguration, environment: environment)
        self.traffic = traffic
    }

    /// This process's environment.
    public static var processEnvironment: [String: String] {
        var result: [String: String] = [:]
        var next = modmeta_environment()
        while let entry = next?.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            result[String(name)] = String(text.dropFirst(name.count + 1))
            next = next?.advanced(by: 1)
        }
        return result
    }

    /// The files below a prefix of a bucket, configured by the environment; nothing is asked of the service yet.
    ///
    /// Whoever names the same files while somebody in this process still uses them gets the same value, and with it the
    /// connections to the service and what is known of it; what is sent then is counted where it was from the first on.
    ///
    /// - Throws: `StoreError` where the configuration cannot be used.
    public func bucket(_ name: String, prefix: String) throws -> S3Bucket {
        let configuration = try S3Configuration(environment: environment)
        let http = http.forService(authorityFile: configuration.authorityFile)
        let key = BucketsInUse.Key(name: name, prefix: prefix, configuration: configuration, http: http)
        return try BucketsInUse.bucket(key) {
            try S3Bucket(
                name, prefix: prefix, configuration: configuration,
                transport: CurlTransport(http, counting: traffic))
        }
    }
}

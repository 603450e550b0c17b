/// What a request to an S3 service is signed with.
public struct S3Credentials: Hashable, Sendable {
    /// The name of the key.
    public var accessKey: String
    /// The secret.
    public var secretKey: String
    /// The token of temporary credentials.
    public var sessionToken: String?

    /// Creates credentials.
    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The name of the key alone, so that no log ever holds the secret.
    public var description: String { "S3Credentials(\(accessKey))" }
    /// The name of the key alone.
    public var debugDescription: String { description }
}

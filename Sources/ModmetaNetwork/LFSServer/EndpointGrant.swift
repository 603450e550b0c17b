public import ModmetaLFS

/// What `git-lfs-authenticate` on a server's ssh side answers: where requests go, and the fields that allow them.
///
/// The format is the section "SSH" of git-lfs's docs/api/authentication.md.
public struct EndpointGrant: Sendable {
    /// The endpoint to use instead of the URL's own, or nil.
    public var endpoint: String?
    /// The fields to send with every request to it.
    public var fields: [HTTPField]
    /// When it ends, or nil.
    public var expiry: ContinuousClock.Instant?

    /// Creates a grant.
    public init(endpoint: String? = nil, fields: [HTTPField], expiry: ContinuousClock.Instant? = nil) {
        self.endpoint = endpoint
        self.fields = fields
        self.expiry = expiry
    }
}

/// Asks a server's ssh side for the right to use its endpoint.
public protocol EndpointGranting: Sendable {
    /// A new grant for one operation.
    ///
    /// - Throws: `StoreError` with what ssh said where there is none.
    func grant(for operation: BatchOperation) async throws -> EndpointGrant
}

internal import ModmetaFormats
internal import ModmetaLFS
internal import ModmetaStore

/// How requests to an LFS server's endpoint prove who sends them; shared by all requests of a process.
///
/// Requests go without credentials first, unless the URL names a password, `lfs.<url>.access` says that they are needed,
/// or ssh grants access. A refusal makes one of the waiting requests ask for a credential; the others use its answer.
actor LFSAuthorization {
    /// What one request was sent with.
    struct Pass: Sendable {
        /// The URL the request's path is appended to.
        var endpoint: String
        /// The fields to send.
        var fields: [HTTPField]
        /// Which state of the authorization this is, so that a refusal of an old one asks for nothing.
        fileprivate var generation: Int
    }

    /// How many credentials are tried before a refusal is final; a person may mistype.
    private static let attempts = 3
    /// A grant that ends so soon is renewed before it is used.
    private static let margin = Duration.seconds(30)

    private let server: LFSServerURL
    private let source: any CredentialSource
    private let granting: (any EndpointGranting)?
    private var credential: Credential?
    private var isApproved = true
    private var needsCredential: Bool
    private var grants: [BatchOperation: EndpointGrant] = [:]
    private var generation = 0
    private var refusals = 0
    private var renewal: Task<Void, any Error>?

    init(
        server: LFSServerURL, source: any CredentialSource, granting: (any EndpointGranting)?,
        needsCredential: Bool
    ) {
        self.server = server
        self.source = source
        self.granting = granting
        self.needsCredential = needsCredential
        if let userInfo = server.userInfo, !userInfo.password.isEmpty { credential = userInfo }
    }

    /// What the next request is to be sent with.
    func pass(for operation: BatchOperation) async throws -> Pass {
        if let renewal { try await renewal.value }
        if let granting {
            let isStale = grants[operation].map { grant in
                grant.expiry.map { $0 < .now + LFSAuthorization.margin } ?? false
            }
            if isStale != false {
                try await renew { authorization in
                    let grant = try await granting.grant(for: operation)
                    try await authorization.take(grant, for: operation)
                }
            }
        } else if needsCredential, credential == nil {
            try await renew { try await $0.fill(challenges: []) }
        }
        return currentPass(operation)
    }

    /// Deals with a refusal (401) of a request.
    ///
    /// - Returns: what to send it with the next time.
    /// - Throws: `StoreError.Code.denied` where nothing is left to try.
    func refused(_ pass: Pass, for operation: BatchOperation, challenges: [String]) async throws -> Pass {
        if let renewal { try await renewal.value }
        if pass.generation != generation { return currentPass(operation) }
        refusals += 1
        guard refusals <= LFSAuthorization.attempts else { throw denied("refuses every credential it was given") }
        if granting != nil {
            grants = [:]
            generation += 1
            return try await self.pass(for: operation)
        }
        if let refused = credential {
            credential = nil
            if refused != server.userInfo { await source.reject(refused, for: server) }
            guard pass.generation == generation else { return currentPass(operation) }
        }
        try await renew { try await $0.fill(challenges: challenges) }
        return currentPass(operation)
    }

    /// Notes that a request was let in.
    func accepted(_ pass: Pass) async {
        guard pass.generation == generation else { return }
        refusals = 0
        guard !isApproved, let credential else { return }
        isApproved = true
        await source.approve(credential, for: server)
    }

    private func currentPass(_ operation: BatchOperation) -> Pass {
        if let grant = grants[operation] {
            return Pass(endpoint: grant.endpoint ?? server.endpoint, fields: grant.fields, generation: generation)
        }
        let fields = credential.map { [HTTPField("Authorization", $0.authorization)] } ?? []
        return Pass(endpoint: server.endpoint, fields: fields, generation: generation)
    }

    /// Runs one renewal at a time; who comes meanwhile waits for it.
    private func renew(_ body: @escaping @Sendable (LFSAuthorization) async throws -> Void) async throws {
        if let renewal { return try await renewal.value }
        let task = Task { try await body(self) }
        renewal = task
        defer { renewal = nil }
        try await task.value
    }

    private func fill(challenges: [String]) async throws {
        guard let new = try await source.fill(for: server, challenges: challenges) else {
            throw denied("wants a user name and a password, and git knows none")
        }
        credential = new
        isApproved = false
        needsCredential = true
        generation += 1
    }

    private func take(_ grant: EndpointGrant, for operation: BatchOperation) throws {
        if let endpoint = grant.endpoint, !server.allows(endpoint) {
            throw StoreError(
                .denied,
                "git-lfs-authenticate for \(server.repository) names an endpoint that is not https; ask its host")
        }
        grants[operation] = grant
        generation += 1
    }

    private func denied(_ what: String) -> StoreError {
        StoreError(
            .denied,
            "\(server.endpoint) \(what); set up a credential helper (`git config credential.helper`), or try "
                + "`\(command: "git ls-remote \(server.repository)")`")
    }
}

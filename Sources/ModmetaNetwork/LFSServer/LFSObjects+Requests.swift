internal import ModmetaFormats
internal import ModmetaLFS
internal import ModmetaStore

extension LFSObjects {
    /// The fields of an action without those that the transport decides on.
    private static let transportFields: Set<ByteString> = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "range",
    ]

    /// Makes the request of an action.
    ///
    /// Its host gets the fields the action names and nothing of ours, unless it is the endpoint's own host, which refused
    /// the request without.
    ///
    /// - Parameter send: sends a request; called twice at most.
    func perform(
        _ method: String, _ action: LFSAction, isAuthenticated: Bool, body: HTTPRequest.Body = .none,
        fields: [HTTPField] = [], send: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let given = action.header.map { HTTPField($0.name, $0.value) }.filter {
            !LFSObjects.transportFields.contains($0.key)
        }
        let names = Set(given.map(\.key))
        let own = fields.filter { !names.contains($0.key) }
        var request = HTTPRequest(method, action.href, fields: given + own, body: body)
        let response = try await send(request)
        guard response.status == 401, !isAuthenticated, !names.contains("authorization"),
            HTTPOrigin(of: action.href) == server.origin
        else { return response }
        let pass = try await authorization.pass(for: purpose)
        guard !pass.fields.isEmpty else { return response }
        request.fields += pass.fields
        return try await send(request)
    }

    /// Sends an object once.
    func upload(_ object: BatchObject, _ content: ObjectContent) async throws -> PutOutcome {
        var isFresh = false
        while true {
            guard let offer = try await offer(.upload, object, isFresh: isFresh) else { return .existed }
            if !isFresh { try LFSObjects.check(content, is: object) }
            let body: HTTPRequest.Body =
                switch content {
                case .bytes(let bytes): .bytes(bytes)
                case .file(let path): .file(path: path, range: 0..<object.size)
                }
            let response = try await perform(
                "PUT", offer.action, isAuthenticated: offer.isAuthenticated, body: body,
                fields: [HTTPField("Content-Type", "application/octet-stream")]
            ) { try await transport.send($0, limit: 1 << 20) }
            // The right to send may have ended since it was given.
            if [401, 403].contains(response.status), !isFresh {
                isFresh = true
                continue
            }
            // The bytes were compared with the name before they were sent, so they were damaged on the way.
            if response.status == 400 || response.status == 422 {
                let words = LFSErrorBody.words(response.body).map { ": \($0)" } ?? ""
                throw StoreError(
                    .unavailable,
                    "cannot send object \(object.id): the server answered \(response.status)\(words), though the bytes are right"
                )
            }
            try check(response, "send object \(object.id)")
            try await verify(object, offer)
            note(object.id, size: object.size, isSent: true)
            return .created
        }
    }

    private func verify(_ object: BatchObject, _ offer: Offer) async throws {
        guard let action = offer.verification else { return }
        let type = HTTPField("Content-Type", BatchRequest.mediaType)
        let accept = HTTPField("Accept", BatchRequest.mediaType)
        try await retry.run {
            let response = try await perform(
                "POST", action, isAuthenticated: offer.isAuthenticated,
                body: .bytes(object.serialized()), fields: [accept, type]
            ) { try await transport.send($0, limit: 1 << 20) }
            // Whatever became of the object: it was sent, and is not there. Sending it again may help.
            if response.status == 404 || response.status == 422 {
                throw StoreError(
                    .unavailable, "\(server.endpoint) did not keep object \(object.id), which was sent to it")
            }
            try check(response, "confirm object \(object.id)")
        }
    }

    func check(_ response: HTTPResponse, _ action: String) throws {
        guard !response.isSuccess else { return }
        throw StoreError.lfs(
            response.status, action, words: LFSErrorBody.words(response.body),
            retryAfter: response[field: "Retry-After"])
    }
}

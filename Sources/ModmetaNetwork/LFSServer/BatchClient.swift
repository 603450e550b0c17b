internal import Glibc
internal import ModmetaFormats
internal import ModmetaLFS
internal import ModmetaStore

/// Sends Batch requests to one LFS server.
struct BatchClient: Sendable {
    let server: LFSServerURL
    let transport: any HTTPTransport
    let authorization: LFSAuthorization
    let retry: RetryPolicy
    /// The full name of the branch objects are for, or nil.
    let ref: String?

    /// What the server answers about some objects, in their order.
    ///
    /// - Parameter objects: any number up to `BatchRequest.objectLimit`; halved as often as the server finds them too many.
    /// - Throws: `StoreError`, where it does not answer; what it says of a single object is in the result.
    func ask(_ operation: BatchOperation, _ objects: [BatchObject]) async throws -> [BatchResponse.Object] {
        guard !objects.isEmpty else { return [] }
        let response = try await retry.run {
            let response = try await send(operation, objects)
            if response.isSuccess || [404, 413, 422].contains(response.status) { return response }
            throw failure(response)
        }
        switch response.status {
        case 413 where objects.count > 1:
            let half = objects.count / 2
            return try await ask(operation, Array(objects[..<half])) + ask(operation, Array(objects[half...]))
        case 404:
            // Some servers say so where they have none of the objects, and others where there is no repository.
            guard operation == .download, isLFSServer(response) else { throw noServer(response) }
            return objects.map { BatchResponse.Object(id: $0.id, error: .init(code: 404, message: "")) }
        case 422 where operation == .download && isLFSServer(response):
            // The same where all of them have other sizes.
            return objects.map { BatchResponse.Object(id: $0.id, error: .init(code: 422, message: "")) }
        case 200..<300: return try match(parse(response), to: objects)
        default: throw failure(response)
        }
    }

    /// Sends a request, and again with a credential as long as the server asks for one.
    private func send(_ operation: BatchOperation, _ objects: [BatchObject]) async throws -> HTTPResponse {
        let body = BatchRequest(operation: operation, objects: objects, ref: ref).serialized()
        var pass = try await authorization.pass(for: operation)
        while true {
            let fields = [
                HTTPField("Accept", BatchRequest.mediaType), HTTPField("Content-Type", BatchRequest.mediaType),
            ]
            let request = HTTPRequest(
                "POST", "\(pass.endpoint)/objects/batch", fields: fields + pass.fields, body: .bytes(body))
            let response = try await transport.send(request, limit: BatchResponse.byteLimit)
            guard response.status == 401 else {
                if response.isSuccess { await authorization.accepted(pass) }
                return response
            }
            let challenges = response.fields.filter {
                $0.isNamed("www-authenticate") || $0.isNamed("lfs-authenticate")
            }
            pass = try await authorization.refused(pass, for: operation, challenges: challenges.map(\.value))
        }
    }

    private func parse(_ response: HTTPResponse) throws -> BatchResponse {
        let clock = response[field: "Date"].flatMap { Timestamp(http: $0)?.seconds } ?? Int64(time(nil))
        var answer: BatchResponse
        do throws(FormatError) {
            answer = try BatchResponse(parsing: response.body)
        } catch {
            throw StoreError(
                .unsupported, "\(server.endpoint) does not answer as an LFS server does: \(error); check the URL")
        }
        guard (answer.transfer ?? "basic").hasSameBytes(as: "basic"),
            (answer.hashAlgorithm ?? "sha256").hasSameBytes(as: "sha256")
        else {
            throw StoreError(
                .unsupported, "\(server.endpoint) wants another transfer than `basic` or another hash than SHA-256")
        }
        for index in answer.objects.indices { answer.objects[index].actions.count(from: clock) }
        return answer
    }

    private func match(_ answer: BatchResponse, to objects: [BatchObject]) throws -> [BatchResponse.Object] {
        var byName: [ObjectID: BatchResponse.Object] = [:]
        for object in answer.objects { byName[object.id] = object }
        return try objects.map { object in
            guard let answered = byName[object.id] else {
                throw StoreError(.unavailable, "\(server.endpoint) said nothing about object \(object.id)")
            }
            for action in answered.actions.all where !server.allows(action.href) {
                throw StoreError(
                    .denied,
                    "\(server.endpoint) sends object \(object.id) to an address that is not https; ask its host")
            }
            return answered
        }
    }

    private func isLFSServer(_ response: HTTPResponse) -> Bool {
        let type = response[field: "Content-Type"] ?? ""
        return type.hasBytePrefix(BatchRequest.mediaType) || type.hasBytePrefix("application/json")
    }

    private func noServer(_ response: HTTPResponse) -> StoreError {
        let words = LFSErrorBody.words(response.body).map { ": \($0)" } ?? ""
        return StoreError(
            .noStore,
            "there is no LFS server at \(server.endpoint), or you may not see it (404\(words)); check the URL, and that "
                + "the repository exists and has LFS")
    }

    private func failure(_ response: HTTPResponse) -> StoreError {
        .lfs(
            response.status, "ask \(server.endpoint) about objects", words: LFSErrorBody.words(response.body),
            retryAfter: response[field: "Retry-After"])
    }
}

extension LFSErrorBody {
    /// The words of an error's body, shortened for people; nil if there are none.
    static func words(_ body: [UInt8]) -> String? { LFSErrorBody(reading: body).map { "\(QuotedName($0.message))" } }
}

extension BatchResponse.Actions {
    /// Makes each action's lifetime one that counts from now, as only the response tells the server's time.
    fileprivate mutating func count(from clock: Int64) {
        for path in [\Self.upload, \Self.download, \Self.verify] {
            guard let action = self[keyPath: path] else { continue }
            self[keyPath: path]?.expiresIn = action.lifetime(at: clock)
            self[keyPath: path]?.expiresAt = nil
        }
    }
}

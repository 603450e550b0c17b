public import ModmetaFormats
public import ModmetaLFS
public import ModmetaStore

/// The objects of an LFS server: payloads and whole objects, sent and fetched through its Batch API.
///
/// What is asked at nearly the same time goes into few requests, and an answer's actions are kept for the transfer that
/// follows, so that a small object takes one request to ask and one to transfer.
public actor LFSObjects {
    /// What the server let us do with an object, for as long as it does.
    struct Offer: Sendable {
        var action: LFSAction
        var verification: LFSAction?
        var isAuthenticated: Bool
        /// When it was made.
        var received = ContinuousClock.Instant.now
        /// Whether nobody wanted to know about the object when it was made.
        var isInPassing = false

        /// Whether it still holds long enough to begin a request.
        var isFresh: Bool { action.expiresIn.map { received + .seconds($0) > .now + .seconds(5) } ?? true }
    }

    /// Names objects that will probably be asked about after a given one.
    public typealias Companions = @Sendable (ObjectID) async -> [(id: ObjectID, size: UInt64)]

    /// How long an object that was not there is taken not to be there yet; who waits for it asks again and again.
    private static let absence = Duration.milliseconds(250)
    /// The same for what was learnt in passing, the first time it is wanted: sending in vain is the worst that can happen.
    private static let passingAbsence = Duration.seconds(60)
    /// How long an object that was there is taken to be there still; servers delete none while they are used.
    private static let presence = Duration.seconds(30)

    /// The most sizes and offers that are remembered; past it, all are forgotten.
    private static let memoryLimit = 100_000

    let server: LFSServerURL
    let transport: any HTTPTransport
    let authorization: LFSAuthorization
    let retry: RetryPolicy
    let spoolDirectory: String
    /// What most requests of this process will be; presence is asked about in the same breath.
    let purpose: BatchOperation
    private let gathering: BatchGathering
    private let companions: Companions
    private var sizes: [Digest: UInt64] = [:]
    private var offers: [Digest: Offer] = [:]
    /// When objects proved to be there, at the size in `sizes`.
    private var seen: [Digest: ContinuousClock.Instant] = [:]
    /// Objects that this process sent.
    private var sent: Set<Digest> = []
    private var uploads: [Digest: Task<PutOutcome, any Error>] = [:]
    var spools: [(digest: Digest, file: SpoolFile)] = []
    /// Whether the server answered a request for a range with one; nil before the first.
    var sendsRanges: Bool?

    /// Prepares for requests to a server; none is sent.
    ///
    /// - Parameters:
    ///   - purpose: whether objects will mostly be sent or fetched.
    ///   - spoolDirectory: where objects go that a server can only send whole; made when it is needed.
    ///   - needsCredential: whether the first request already carries a credential.
    ///   - ref: the full name of the branch that objects are for, or nil.
    ///   - companions: names objects that are asked about in the same breath, so that many small ones take few requests.
    public init(
        server: LFSServerURL, transport: any HTTPTransport, purpose: BatchOperation, spoolDirectory: String,
        credentials: any CredentialSource = NoCredentials(), granting: (any EndpointGranting)? = nil,
        needsCredential: Bool = false, ref: String? = nil,
        retry: RetryPolicy = RetryPolicy(), companions: @escaping Companions = { _ in [] }
    ) {
        self.server = server
        self.transport = transport
        self.retry = retry
        self.spoolDirectory = spoolDirectory
        self.purpose = purpose
        self.companions = companions
        authorization = LFSAuthorization(
            server: server, source: credentials, granting: granting, needsCredential: needsCredential)
        gathering = BatchGathering(
            client: BatchClient(
                server: server, transport: transport, authorization: authorization, retry: retry, ref: ref))
    }

    /// Whether the server has each of some objects at its size, in their order.
    public func has(_ objects: [(id: ObjectID, size: UInt64)]) async throws -> [Bool] {
        let asked = objects.map { BatchObject(id: $0.id, size: $0.size) }
        var result = asked.map { isSeen($0) }
        let unknown = asked.indices.filter { !result[$0] && !isAbsent(asked[$0]) }
        let answers = try await askInCompany(unknown.map { asked[$0] })
        for (index, answer) in zip(unknown, answers) { result[index] = try take(answer, of: asked[index], purpose) }
        // A server that offers to take an object again which it has is asked in the other way.
        let doubtful = result.indices.filter { !result[$0] && purpose == .upload && sent.contains(asked[$0].id.digest) }
        if !doubtful.isEmpty {
            let answers = try await gathering.ask(.download, doubtful.map { asked[$0] })
            for (index, answer) in zip(doubtful, answers) {
                result[index] = try take(answer, of: asked[index], .download)
            }
        }
        return result
    }

    /// Asks about objects, and about those that will come next as far as the request has room for them.
    private func askInCompany(_ objects: [BatchObject]) async throws -> [BatchResponse.Object] {
        let company = await company(of: objects)
        guard !company.isEmpty else { return try await gathering.ask(purpose, objects) }
        do {
            let answers = try await gathering.ask(purpose, objects + company)
            for (object, answer) in zip(company, answers.dropFirst(objects.count)) where answer.error == nil {
                _ = try? take(answer, of: object, purpose)
                offers[object.id.digest]?.isInPassing = true
            }
            return Array(answers.prefix(objects.count))
        } catch let error as StoreError where !error.isTriedOut {
            // It may have been one of the others that the server does not want to hear of.
            return try await gathering.ask(purpose, objects)
        }
    }

    private func company(of objects: [BatchObject]) async -> [BatchObject] {
        guard purpose == .upload, let first = objects.first, objects.count < BatchRequest.objectLimit else { return [] }
        let asked = Set(objects.map(\.id))
        let others = await companions(first.id).map { BatchObject(id: $0.id, size: $0.size) }
        return Array(
            others.filter { !asked.contains($0.id) && offers[$0.id.digest] == nil && !isSeen($0) }
                .prefix(BatchRequest.objectLimit - objects.count))
    }

    private func isSeen(_ object: BatchObject) -> Bool {
        guard let moment = seen[object.id.digest], sizes[object.id.digest] == object.size else { return false }
        return moment + LFSObjects.presence > .now
    }

    private func isAbsent(_ object: BatchObject) -> Bool {
        guard purpose == .upload, let offer = offers[object.id.digest] else { return false }
        offers[object.id.digest]?.isInPassing = false
        return offer.received + (offer.isInPassing ? LFSObjects.passingAbsence : LFSObjects.absence) > .now
    }

    /// The size of an object, or nil if the server does not have it.
    ///
    /// - Throws: `.unsupported` where the server tells sizes only to those who know them.
    public func size(of id: ObjectID) async throws -> UInt64? {
        let guess = sizes[id.digest] ?? 0
        let object = BatchObject(id: id, size: guess)
        guard let answer = try await gathering.ask(.download, [object]).first else { return nil }
        if answer.error?.code == 422 {
            // Somebody sent it since it was asked about; if that was this process, its size is known.
            if let running = uploads[id.digest] { _ = try? await running.value }
            if let size = sizes[id.digest] { return size }
            throw StoreError(
                .unsupported,
                "\(server.endpoint) has object \(id) and tells its size only to those who know it; fetch it by its pointer"
            )
        }
        guard try take(answer, of: object, .download) else { return nil }
        if let size = sizes[id.digest], size > 0 || id.digest == SHA256.hash([]) { return size }
        return try await measure(id)
    }

    /// Sends an object unless the server has it.
    ///
    /// - Throws: `.corrupt` where the bytes are not those of that name: a server may not look.
    public func put(_ id: ObjectID, _ content: ObjectContent) async throws -> PutOutcome {
        while let running = uploads[id.digest] {
            do {
                _ = try await running.value
                return .existed
            } catch is CancellationError where !Task.isCancelled {
                if uploads[id.digest] == running { uploads[id.digest] = nil }
            }
        }
        let task = Task { [retry] in
            let size = try LFSObjects.size(of: content)
            return try await retry.run { try await upload(BatchObject(id: id, size: size), content) }
        }
        uploads[id.digest] = task
        defer { if uploads[id.digest] == task { uploads[id.digest] = nil } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private static func size(of content: ObjectContent) throws -> UInt64 {
        switch content {
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(let path): try UploadedFile(path).size
        }
    }

    /// Refuses bytes that do not fit the name they are offered under.
    static func check(_ content: ObjectContent, is object: BatchObject) throws {
        let digest =
            switch content {
            case .bytes(let bytes): SHA256.hash(bytes)
            case .file(let path): try UploadedFile(path).hash()
            }
        guard digest == object.id.digest else {
            throw StoreError(
                .corrupt, "the \(object.size) bytes offered for object \(object.id) are not the object of that name")
        }
    }

    /// What may be done with an object: what an earlier answer offered, else what the server says now.
    ///
    /// - Returns: nil where an upload is not needed.
    /// - Throws: `.missing` where there is nothing to download.
    func offer(_ operation: BatchOperation, _ object: BatchObject, isFresh: Bool = false) async throws -> Offer? {
        if let known = offers.removeValue(forKey: object.id.digest), operation == purpose, known.isFresh,
            !isFresh,
            sizes[object.id.digest] ?? object.size == object.size
        {
            return known
        }
        guard let answer = try await gathering.ask(operation, [object]).first else { return nil }
        let isThere = try take(answer, of: object, operation)
        let offer = offers.removeValue(forKey: object.id.digest) ?? LFSObjects.offer(in: answer, operation)
        if operation == .upload { return isThere ? nil : offer }
        guard isThere, let offer else {
            throw StoreError(.missing, "\(server.endpoint) has no object \(object.id) of \(object.size) bytes")
        }
        return offer
    }

    /// Notes what an answer says of an object, and returns whether the server has it.
    private func take(
        _ answer: BatchResponse.Object, of object: BatchObject, _ operation: BatchOperation
    ) throws -> Bool {
        let digest = object.id.digest
        if sizes.count + offers.count > LFSObjects.memoryLimit { (sizes, offers, seen) = ([:], [:], [:]) }
        if let failure = answer.error {
            // 422 on a download: there is one of another size.
            if operation == .download, [404, 410, 422].contains(failure.code) {
                if sizes[digest] == object.size { (sizes[digest], seen[digest]) = (nil, nil) }
                return false
            }
            throw StoreError.lfs(
                failure.code, operation == .upload ? "send object \(object.id)" : "fetch object \(object.id)",
                words: failure.message.isEmpty ? nil : "\(QuotedName(failure.message))")
        }
        let offer = LFSObjects.offer(in: answer, operation)
        if operation == purpose { offers[digest] = offer }
        let isThere = operation == .upload ? offer == nil : offer != nil
        guard isThere else { return false }
        sizes[digest] = answer.size ?? object.size
        seen[digest] = .now
        return sizes[digest] == object.size || operation == .download && object.size == 0
    }

    private static func offer(in answer: BatchResponse.Object, _ operation: BatchOperation) -> Offer? {
        answer.actions[operation].map {
            Offer(action: $0, verification: answer.actions.verify, isAuthenticated: answer.isAuthenticated)
        }
    }

    /// The size of an object as far as it is known, in bytes.
    func knownSize(_ id: ObjectID) -> UInt64? { sizes[id.digest] }

    /// Notes the size an object proved to have, in bytes.
    func note(_ id: ObjectID, size: UInt64, isSent: Bool = false) {
        sizes[id.digest] = size
        if isSent {
            sent.insert(id.digest)
            seen[id.digest] = .now
        }
    }
}

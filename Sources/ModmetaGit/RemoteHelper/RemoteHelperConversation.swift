internal import ModmetaStore

/// The state of one session: the protocol, the store once it is open, and what git was told.
struct RemoteHelperConversation {
    private let session: RemoteHelperSession
    private let invocation: RemoteHelperSession.Invocation
    private let local = LocalRepository()
    private var machine = RemoteHelperProtocol()
    private var store: (any StoreHistory)?
    private var listed: StoreRefs?

    init(session: RemoteHelperSession, invocation: RemoteHelperSession.Invocation) {
        self.session = session
        self.invocation = invocation
    }

    /// Reads lines and answers them until git has no more.
    mutating func hold(input: CInt, output: CInt) async throws {
        var reader = FileLineReader(descriptor: input)
        while true {
            let line = try await reader.nextLine()
            let step = line.map { machine.received($0) } ?? machine.receivedEnd()
            let reply: String
            switch step {
            case .wait: continue
            case .finish: return
            case .fail(let reason): throw RemoteHelperError(.badRequest, reason)
            case .reply(let text): reply = text
            case .list(let forPush): reply = try await list(forPush: forPush)
            case .fetch(let requests): reply = try await fetch(requests)
            case .push(let requests): reply = try await push(requests)
            }
            try SystemCall.write(output, Array(reply.utf8))
        }
    }

    private mutating func list(forPush: Bool) async throws -> String {
        let refs: StoreRefs
        let format: GitObjectFormat
        do {
            let store = try await openStore(for: forPush ? .writing : .reading)
            let found = try await store.refs(peelingTags: !forPush)
            format = try await self.format(of: store)
            refs = found
        } catch let error as StoreError where error.code == .noStore {
            // The push that follows makes the store.
            guard forPush else { throw RemoteHelperError(.badStore, "\(error.message); git push creates one") }
            refs = .empty
            format = try await local.objectFormat()
        }
        if forPush { listed = refs }
        guard machine.options.wantsObjectFormat || format == .sha1 else {
            throw RemoteHelperError(
                .mismatch, "the store names objects by \(format), which this version of git cannot be told")
        }
        return RemoteHelperReply.list(
            refs, forPush: forPush, objectFormat: machine.options.wantsObjectFormat ? format : nil)
    }

    private mutating func fetch(_ requests: [FetchRequest]) async throws -> String {
        let store = try await openStore(for: .reading)
        let outcome = try await store.fetch(requests, into: local, options: machine.options)
        return RemoteHelperReply.fetched(lock: outcome.lock, isConnected: outcome.isConnected)
    }

    private mutating func push(_ requests: [PushRequest]) async throws -> String {
        defer { machine.finishedPush() }
        let format = try await local.objectFormat()
        let createsStore = !machine.options.isDryRun && requests.contains { !$0.isDeletion }
        let store: any StoreHistory
        do {
            store = try await openStore(for: createsStore ? .creating(format) : .writing)
        } catch let error as StoreError where error.code == .noStore && !createsStore {
            return RemoteHelperReply.pushed(requests.map { PushResult(destination: $0.destination, status: .done) })
        }
        if let other = store.chosenFormat, other != format {
            throw RemoteHelperError(.mismatch, "this repository names objects by \(format), the store by \(other)")
        }
        let (session, invocation) = (session, invocation)
        let push = StorePush(
            target: try store.pushTarget(from: local, options: machine.options), local: local, options: machine.options,
            listed: listed, remote: invocation.remote,
            weights: { try await session.weights(invocation) },
            siblingRefs: { [local] address in try await refs(ofStoreAt: address, session, local) })
        return RemoteHelperReply.pushed(try await push.run(requests))
    }

    private mutating func openStore(for purpose: OpeningPurpose) async throws -> any StoreHistory {
        if let store { return store }
        let opened = try await history(at: invocation.address, for: purpose, session, local)
        store = opened
        return opened
    }

    /// The hash that names a store's objects; a store that nothing was pushed to takes that of who asks.
    private func format(of store: any StoreHistory) async throws -> GitObjectFormat {
        if let format = store.chosenFormat { return format }
        // Git may ask before there is a repository, or outside one.
        return (try? await local.objectFormat()) ?? .sha1
    }
}

/// Opens the Git side of a store.
private func history(
    at address: String, for purpose: OpeningPurpose, _ session: RemoteHelperSession, _ local: LocalRepository
) async throws -> any StoreHistory {
    switch try await session.openStore(address, purpose) {
    case .directory(let path): try await StoreRepository(at: path)
    case .bucket(let files, let id, let found):
        BucketHistory(files: files, store: id, stateDirectory: try await local.stateDirectory(), found: found)
    }
}

/// The refs of a store the same push goes to later; none if it is not made yet, nil if it is on an LFS server.
private func refs(
    ofStoreAt address: String, _ session: RemoteHelperSession, _ local: LocalRepository
) async throws -> StoreRefs? {
    if case .server? = try? StoreURL(address).location { return nil }
    do {
        return try await history(at: address, for: .writing, session, local).refs(peelingTags: false)
    } catch let error as StoreError where error.code == .noStore {
        return .empty
    }
}

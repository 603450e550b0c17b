internal import ModmetaStore

/// The state of one session: the protocol, the store once it is open, and what git was told.
struct RemoteHelperConversation {
    private let session: RemoteHelperSession
    private let invocation: RemoteHelperSession.Invocation
    private let local = LocalRepository()
    private var machine = RemoteHelperProtocol()
    private var store: StoreRepository?
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
            let store = try await openStore()
            refs = try await store.refs(peelingTags: !forPush)
            format = store.objectFormat
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
        let store = try await openStore()
        let outcome = try await StoreFetch(store: store, local: local, options: machine.options).run(requests)
        return RemoteHelperReply.fetched(lock: outcome.lock, isConnected: outcome.isConnected)
    }

    private mutating func push(_ requests: [PushRequest]) async throws -> String {
        defer { machine.finishedPush() }
        let format = try await local.objectFormat()
        let createsStore = !machine.options.isDryRun && requests.contains { !$0.isDeletion }
        let store: StoreRepository
        do {
            store = try await openStore(creating: createsStore ? format : nil)
        } catch let error as StoreError where error.code == .noStore && !createsStore {
            return RemoteHelperReply.pushed(requests.map { PushResult(destination: $0.destination, status: .done) })
        }
        guard format == store.objectFormat else {
            throw RemoteHelperError(
                .mismatch, "this repository names objects by \(format), the store by \(store.objectFormat)")
        }
        let (session, invocation) = (session, invocation)
        let push = StorePush(
            store: store, local: local, options: machine.options, listed: listed, remote: invocation.remote,
            weights: { try await session.weights(invocation) })
        return RemoteHelperReply.pushed(try await push.run(requests))
    }

    private mutating func openStore(creating format: GitObjectFormat? = nil) async throws -> StoreRepository {
        if let store { return store }
        let opened = try await StoreRepository(at: session.openStore(invocation.address, format))
        store = opened
        return opened
    }
}

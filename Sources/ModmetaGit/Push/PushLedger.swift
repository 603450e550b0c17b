/// Keeps account of what became of each ref of a push.
struct PushLedger: Sendable {
    private let requests: [PushRequest]
    private let isAtomic: Bool
    private var statuses: [PushRequest: PushResult.Status] = [:]

    init(_ requests: [PushRequest], isAtomic: Bool) {
        self.requests = requests
        self.isAtomic = isAtomic
    }

    /// The requests without an outcome.
    var pending: [PushRequest] { requests.filter { statuses[$0] == nil } }

    /// Whether every request has an outcome.
    var isOver: Bool { requests.allSatisfy { statuses[$0] != nil } }

    /// The outcomes, in the order of the requests.
    var results: [PushResult] {
        requests.map { PushResult(destination: $0.destination, status: statuses[$0] ?? .refused(PushRefusal.restless)) }
    }

    /// The ref holds what was pushed.
    mutating func settle(_ request: PushRequest) {
        if statuses[request] == nil { statuses[request] = .done }
    }

    /// The ref is left alone; of an atomic push all refs are.
    mutating func refuse(_ request: PushRequest, _ reason: String) {
        statuses[request] = .refused(reason)
        guard isAtomic else { return }
        for other in requests {
            if case .refused? = statuses[other] { continue }
            statuses[other] = .refused(PushRefusal.atomic)
        }
    }
}

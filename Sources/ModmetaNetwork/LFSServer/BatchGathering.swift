internal import ModmetaFormats
internal import ModmetaLFS

/// Gathers what many tasks ask an LFS server at nearly the same time into few requests.
actor BatchGathering {
    private struct Question {
        var objects: [BatchObject]
        var continuation: CheckedContinuation<[BatchResponse.Object], any Error>
    }

    /// How long the first question waits for others.
    private static let window = Duration.milliseconds(2)
    /// The most requests under way; what is asked meanwhile is gathered.
    private static let requestLimit = 4

    private let client: BatchClient
    private var waiting: [BatchOperation: [Question]] = [:]
    private var rounds: [Int: Task<Void, Never>] = [:]
    private var lastRound = 0
    private var requests = 0

    init(client: BatchClient) { self.client = client }

    /// What the server answers about some objects, in their order.
    func ask(_ operation: BatchOperation, _ objects: [BatchObject]) async throws -> [BatchResponse.Object] {
        guard !objects.isEmpty else { return [] }
        return try await withCheckedThrowingContinuation { continuation in
            waiting[operation, default: []].append(Question(objects: objects, continuation: continuation))
            if waiting[operation]?.count == 1 { startRound(operation) }
        }
    }

    private func startRound(_ operation: BatchOperation) {
        lastRound += 1
        let number = lastRound
        rounds[number] = Task {
            try? await Task.sleep(for: BatchGathering.window)
            while requests >= BatchGathering.requestLimit { try? await Task.sleep(for: BatchGathering.window) }
            requests += 1
            await answer(waiting.removeValue(forKey: operation) ?? [], operation)
            requests -= 1
            rounds[number] = nil
        }
    }

    private func answer(_ questions: [Question], _ operation: BatchOperation) async {
        do {
            let answers = try await answers(to: Set(questions.flatMap(\.objects)), operation)
            for question in questions {
                question.continuation.resume(returning: question.objects.compactMap { answers[$0] })
            }
        } catch {
            for question in questions { question.continuation.resume(throwing: error) }
        }
    }

    private func answers(
        to objects: Set<BatchObject>, _ operation: BatchOperation
    ) async throws -> [BatchObject: BatchResponse.Object] {
        // One object asked about at two sizes needs two requests, as answers are matched by oid.
        var parts: [[BatchObject]] = []
        var rest = Array(objects)[...]
        while !rest.isEmpty {
            var names: Set<ObjectID> = []
            let part = rest.prefix(BatchRequest.objectLimit).prefix { names.insert($0.id).inserted }
            parts.append(Array(part))
            rest = rest.dropFirst(part.count)
        }
        let answered = try await parts.concurrentMap(width: BatchGathering.requestLimit) { [client] part in
            try await client.ask(operation, part)
        }
        var answers: [BatchObject: BatchResponse.Object] = [:]
        for (part, found) in zip(parts, answered) {
            for (object, answer) in zip(part, found) { answers[object] = answer }
        }
        return answers
    }
}

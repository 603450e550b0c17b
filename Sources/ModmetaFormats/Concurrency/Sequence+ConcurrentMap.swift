extension Sequence where Element: Sendable {
    /// Transforms every element, several at a time, and returns the results in the order of the elements.
    ///
    /// The first error cancels the transforms under way and is thrown once they have ended; no more are started. The same
    /// happens when the calling task is cancelled.
    ///
    /// - Parameters:
    ///   - width: the most transforms under way at once; at least one is.
    ///   - transform: makes a result of one element, on any thread.
    package func concurrentMap<Result: Sendable>(
        width: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        var results: [Result?] = []
        results.reserveCapacity(underestimatedCount)
        try await enumerated().concurrentForEach(
            width: width, { ($0.offset, try await transform($0.element)) },
            receive: { number, result in
                if number >= results.count {
                    results.append(contentsOf: repeatElement(nil, count: number - results.count + 1))
                }
                results[number] = result
            })
        return results.compactMap(\.self)
    }

    /// Calls a closure for every element, several at a time, and hands over each result as soon as it is there.
    ///
    /// Errors and cancellation are treated as by `concurrentMap`. Elements are taken from the sequence, and results are
    /// dropped, one by one: memory holds at most `width` of each.
    ///
    /// - Parameters:
    ///   - width: the most calls under way at once; at least one is.
    ///   - body: makes a result of one element, on any thread.
    ///   - receive: takes the results in the order in which they come, one after the other, where the caller runs. An error
    ///     it throws counts as one of `body`.
    package func concurrentForEach<Result: Sendable>(
        width: Int, _ body: @escaping @Sendable (Element) async throws -> Result,
        receive: (Result) throws -> Void = { _ in }
    ) async throws {
        try await withThrowingTaskGroup(of: Result.self) { group in
            var waiting = makeIterator()
            func startNext() -> Bool {
                guard let element = waiting.next() else { return false }
                group.addTask {
                    try Task.checkCancellation()
                    return try await body(element)
                }
                return true
            }
            for _ in 0..<Swift.max(1, width) {
                guard startNext() else { break }
            }
            while let result = try await group.next() {
                try receive(result)
                _ = startNext()
            }
        }
    }
}

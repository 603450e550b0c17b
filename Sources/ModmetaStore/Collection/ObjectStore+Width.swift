extension ObjectStore {
    /// Calls a closure for each element, several at a time; the first error ends it.
    func forEach<Element: Sendable>(
        _ elements: some Collection<Element>, width: Int, _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = elements.makeIterator()
            func startNext() {
                guard let element = waiting.next() else { return }
                group.addTask {
                    try Task.checkCancellation()
                    try await body(element)
                }
            }
            for _ in 0..<max(1, width) { startNext() }
            while try await group.next() != nil { startNext() }
        }
    }
}

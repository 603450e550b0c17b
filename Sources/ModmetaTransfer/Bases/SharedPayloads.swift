/// Payloads that several tasks want: read by who comes first, and kept until their entry's own bytes are.
actor SharedPayloads {
    private enum State {
        case underWay(waiting: [CheckedContinuation<[UInt8], any Error>])
        case here([UInt8])
    }

    private var states: [Int: State] = [:]

    /// The payload of an entry, or nil if it is needed no more.
    ///
    /// - Parameters:
    ///   - isKnown: whether the entry's own bytes are there; they must be before its payload is dropped.
    ///   - read: reads it; called unless somebody else has done so or is doing so.
    /// - Throws: what `read` threw, whoever called it.
    func bytes(
        of entry: Int, unless isKnown: @Sendable () -> Bool, read: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8]? {
        switch states[entry] {
        case .here(let bytes): return bytes
        case .underWay(let waiting):
            return try await withCheckedThrowingContinuation { continuation in
                states[entry] = .underWay(waiting: waiting + [continuation])
            }
        case nil:
            // It may have come, been used and dropped since the caller found out that it needs it.
            if isKnown() { return nil }
            states[entry] = .underWay(waiting: [])
            let result: Result<[UInt8], any Error>
            do { result = .success(try await read()) } catch { result = .failure(error) }
            if case .underWay(let waiting) = states[entry] { for task in waiting { task.resume(with: result) } }
            states[entry] = (try? result.get()).map { .here($0) }
            return try result.get()
        }
    }

    /// Forgets a payload that is needed no more.
    func drop(_ entry: Int) {
        guard case .here = states[entry] else { return }
        states[entry] = nil
    }
}

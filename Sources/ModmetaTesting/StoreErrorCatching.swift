public import ModmetaStore

/// The `StoreError` that an operation throws, or nil.
public func storeError<Result>(_ operation: () async throws -> Result) async -> StoreError? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return error as? StoreError
    }
}

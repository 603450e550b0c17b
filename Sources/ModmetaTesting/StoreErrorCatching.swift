public import ModmetaStore

/// The error that an operation throws, if it is a store's.
public func storeError<Result>(_ operation: () async throws -> Result) async -> StoreError? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return error as? StoreError
    }
}

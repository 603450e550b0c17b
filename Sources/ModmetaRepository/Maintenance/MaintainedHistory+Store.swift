package import ModmetaGit
package import ModmetaStore

extension MaintainedHistory {
    /// The history in a store; nil for a store that keeps none.
    package static func ifAny(of url: StoreURL) async throws -> MaintainedHistory? {
        if case .server = url.location { return nil }
        return try await MaintainedHistory(of: url)
    }
}

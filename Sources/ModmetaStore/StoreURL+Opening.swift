extension StoreURL {
    /// Opens the store; never creates one.
    ///
    /// - Throws: `.noStore` if there is none, `.unsupported` for a kind of store this program has no backend for.
    public func open() async throws -> any ObjectStore { try await LocalStore.open(at: try localPath()) }

    /// Opens the store, and creates it if there is none.
    ///
    /// - Throws: `.unsupported` for a kind of store this program has no backend for.
    public func create(objectFormat: GitObjectFormat = .sha1) async throws -> any ObjectStore {
        try await LocalStore.create(at: try localPath(), objectFormat: objectFormat)
    }

    private func localPath() throws -> String {
        let kind: String
        switch location {
        case .directory(let path): return path
        case .bucket: kind = "buckets"
        case .server: kind = "servers"
        }
        throw StoreError(
            .unsupported, "cannot use \(self): this modmeta keeps stores in directories only, not yet in \(kind)")
    }
}

public import ModmetaStore

extension MaintainedHistory {
    /// Copies the history of one store to another, which must exist: every ref of the source, nothing deleted.
    ///
    /// - Throws: `RemoteHelperError` if it cannot be read or written, or the two name objects by different hashes.
    public static func copy(from source: StoreURL, to destination: StoreURL) async throws {
        guard let from = source.path, let to = destination.path else {
            let mirror = try await StoreMirror(of: source)
            try await mirror.update()
            guard try await !mirror.git.run(["for-each-ref", "--count=1"]).lines.isEmpty else { return }
            return try await mirror.push(to: destination)
        }
        let old = try await StoreRepository(at: from)
        let new = try await StoreRepository(at: to)
        guard old.objectFormat == new.objectFormat else {
            throw RemoteHelperError(
                .mismatch,
                "\(from) names Git objects by \(old.objectFormat), \(to) by \(new.objectFormat); copy to a new directory"
            )
        }
        guard try await !old.refs().all.isEmpty else { return }
        // Two views: neither store's configuration or hooks are used.
        let output = try await new.view.git.output([
            "-c", "fetch.unpackLimit=1", "-c", "protocol.file.allow=always", "fetch", "--quiet",
            "--no-write-fetch-head",
            old.view.path, "+refs/*:refs/*",
        ])
        guard output.status == 0 else {
            throw RemoteHelperError(.transfer, "the history at \(from) could not be copied: \(output.errorLine)")
        }
        if case .branch(let branch) = try await old.refs().head { try await new.pointHead(at: branch) }
        try await new.updateServerInfo()
    }

    /// The hash by which a store's history names its objects; nil where that cannot be told.
    public static func objectFormat(of url: StoreURL) async throws -> GitObjectFormat? {
        guard let path = url.path else { return nil }
        return try await StoreRepository(at: path).objectFormat
    }
}

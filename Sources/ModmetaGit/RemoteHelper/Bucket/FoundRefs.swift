internal import ModmetaNetwork

/// The refs of a bucket, looked for before anybody asked.
public struct FoundRefs: Sendable {
    /// The newest generation; nil if nothing was pushed yet.
    let newest: RefGeneration?

    /// Looks for them.
    ///
    /// - Throws: `StoreError`, as `RefGenerations.newest` does.
    init(in files: any BucketFiles) async throws { newest = try await RefGenerations(files: files).newest() }
}

internal import ModmetaFormats

/// Finds LFS pointers whose weights are not in the store, before a ref leads to them.
///
/// Git-lfs uploads weights in its pre-push hook, which `git push --no-verify`, a repository without hooks, or another
/// program may pass over.
struct PointerGuard: Sendable {
    /// Weights that are missing.
    struct Gap: Equatable, Sendable {
        /// The path of the first file without its weights.
        var path: String
        /// How many objects are missing.
        var count: Int
        /// What is wrong with the file, if it is a pointer that git-lfs does not read.
        var damage: String?
    }

    /// Where the pointers are.
    var local: LocalRepository
    /// Knows what is in the store.
    var weights: any WeightsPresence

    /// The weights that pointers among the new objects name and the store lacks, or nil if it lacks none.
    func gap(in new: NewObjects) async throws -> Gap? {
        var gap: Gap?
        var batch: [(blob: GitObjectName, path: String)] = []
        func check() async throws {
            let found = try await missing(in: batch)
            batch = []
            guard let first = found.first else { return }
            gap = Gap(
                path: gap?.path ?? first.path, count: (gap?.count ?? 0) + found.count,
                damage: gap == nil ? first.damage : gap?.damage)
        }
        try await new.forEach { entry in
            guard entry.type == "blob", LFSBlob.isCandidate(size: entry.size) else { return }
            batch.append((entry.name, String(entry.path)))
            if batch.count == BlobBatch.limit { try await check() }
        }
        try await check()
        return gap
    }

    /// The pointers in a batch whose weights are missing, and those that are damaged.
    private func missing(
        in batch: [(blob: GitObjectName, path: String)]
    ) async throws -> [(path: String, damage: String?)] {
        guard !batch.isEmpty else { return [] }
        var pointers: [(path: String, pointer: LFSPointer)] = []
        var damaged: [(path: String, damage: String?)] = []
        let contents = try await BlobBatch.contents(of: batch.map(\.blob.hex), by: local.git)
        for ((blob, path), content) in zip(batch, contents) {
            guard let content else {
                throw RemoteHelperError(.transfer, "git could not read the blob \(blob) at \(path); run git fsck")
            }
            switch LFSBlob(content) {
            case .pointer(let pointer): pointers.append((path, pointer))
            case .damaged(_, let reason): damaged.append((path, reason.description))
            case .content: break
            }
        }
        guard !pointers.isEmpty else { return damaged }
        let missing = Set(
            try await weights.missing(among: pointers.map { ($0.pointer.object, $0.pointer.size) }))
        return damaged + pointers.filter { missing.contains($0.pointer.object) }.map { ($0.path, nil) }
    }
}

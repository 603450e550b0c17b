internal import ModmetaFormats

/// Says of documents that they are not in a commit, without running git for each of them.
///
/// It keeps a hash of each path. A path that it takes for present may be absent, which whoever then looks finds out.
struct PathFilter {
    /// The places whose paths are known.
    private static let places = ["modmeta/format", "modmeta/manifests", "modmeta/index"]

    private var commit: String?
    private var hashes: Set<Int> = []

    /// Whether a document may be in a commit.
    func mayHave(_ path: String) -> Bool {
        let isKnown = PathFilter.places.contains { path.hasSameBytes(as: $0) || path.hasBytePrefix("\($0)/") }
        return !isKnown || hashes.contains(ByteString(path).hashValue)
    }

    /// Whether it speaks of a commit.
    func isOf(_ commit: String) -> Bool { self.commit == commit }

    /// A filter for another commit, made of this one where that is quicker.
    func moved(to commit: String, in mirror: RefMirror) async throws -> PathFilter {
        var filter = self
        if let earlier = self.commit,
            let added = try? await mirror.pathsAdded(below: PathFilter.places, from: earlier, to: commit)
        {
            // What was removed meanwhile is taken for present, which costs a look.
            filter.hashes.formUnion(added.map { ByteString($0).hashValue })
        } else {
            filter.hashes = Set(
                try await mirror.paths(below: PathFilter.places, in: commit).map { ByteString($0).hashValue })
        }
        filter.commit = commit
        return filter
    }
}

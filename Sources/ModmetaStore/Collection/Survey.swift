internal import ModmetaFormats

/// What of a store is needed and what is not, as one look through it found.
///
/// Names are kept in memory: 235 bytes for each object that is dead, less for others.
public struct Survey: Sendable {
    /// An object nothing needs.
    public struct DeadObject: Hashable, Sendable {
        /// Which one.
        public var member: CondemnedList.Member
        /// Its size in bytes.
        public var size: UInt64
    }

    /// The objects nothing needs.
    public var dead: [DeadObject] = []
    /// How many objects, manifests and sketches stay, and their bytes.
    public var kept = StoreStatistics.Share()
    /// How many objects nothing needs, but which are younger than the grace period.
    public var young = StoreStatistics.Share()
    /// How many LFS objects must stay.
    public var liveCount = 0
    /// How many of them the store does not have, neither whole nor as a manifest.
    public var missingCount = 0

    /// The bytes of what nothing needs.
    public var deadBytes: UInt64 { dead.reduce(0) { $0.addingSaturated($1.size) } }
}

/// Looks through a store for what is needed and what is not.
struct Surveyor: Sendable {
    let store: any ObjectStore
    let live: any LiveObjects
    let parseManifest: StoreAudit.ManifestParser
    /// What was stored at this time or later stays; in seconds since 1970.
    let cutoff: Int64
    var width = 16

    /// Looks through the whole store.
    ///
    /// - Parameter progress: called after each manifest and sketch that was looked at, one call at a time.
    /// - Throws: `StoreError.Code.corrupt` if a manifest that is needed cannot be read: what it names is then unknown.
    func survey(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Survey {
        var survey = Survey()
        // The roots first: a version is in the store before anything leads to it.
        var needed: Set<Digest> = []
        try await live.forEach { needed.insert($0.digest) }
        survey.liveCount = needed.count

        var kept: [Digest] = []
        try await store.list(.manifests) { manifest in
            let isNeeded = needed.contains(manifest.digest)
            if isNeeded || manifest.modified >= cutoff {
                kept.append(manifest.digest)
                survey.kept.add(manifest.size)
                if !isNeeded { survey.young.add(manifest.size) }
            } else {
                survey.dead.append(.init(member: .init(.manifests, manifest.digest), size: manifest.size))
            }
        }
        let payloads = try await payloads(of: kept, progress)
        let withManifest = Set(kept)

        var found = withManifest
        try await store.list(.objects) { object in
            if needed.contains(object.digest) { found.insert(object.digest) }
            if payloads.contains(object.digest) || needed.contains(object.digest) {
                survey.kept.add(object.size)
            } else {
                add(object, .objects, to: &survey)
            }
        }
        survey.missingCount = needed.count { !found.contains($0) }

        var sketches: [ListedObject] = []
        try await store.list(.sketches) { sketches.append($0) }
        let old = sketches.filter { $0.modified < cutoff }
        let useless = try await useless(old, besides: withManifest) { done in
            progress(.surveyed(kept.count + done, of: kept.count + old.count))
        }
        for sketch in sketches {
            if useless.contains(sketch.digest) {
                add(sketch, .sketches, to: &survey)
            } else {
                survey.kept.add(sketch.size)
            }
        }
        return survey
    }

    private func add(_ object: ListedObject, _ family: ObjectFamily, to survey: inout Survey) {
        if object.modified >= cutoff {
            survey.young.add(object.size)
            survey.kept.add(object.size)
        } else {
            survey.dead.append(.init(member: .init(family, object.digest), size: object.size))
        }
    }

    /// The payloads that manifests name, and the chunks that may stand in for them.
    private func payloads(
        of manifests: [Digest], _ progress: (CollectionProgress) -> Void
    ) async throws -> Set<Digest> {
        let audit = StoreAudit(store: store, parseManifest: parseManifest)
        var payloads: Set<Digest> = []
        try await withThrowingTaskGroup(of: [Digest].self) { group in
            var waiting = manifests.makeIterator()
            func startNext() {
                guard let digest = waiting.next() else { return }
                group.addTask {
                    switch try await audit.manifest(digest) {
                    case .success(let manifest): return manifest.entries.map(\.payload.digest) + manifest.standIns
                    case .failure(let damage):
                        // Deleted since it was listed: nobody needs what it named.
                        if damage.kind == .missing { return [] }
                        throw StoreError(
                            .corrupt,
                            "\(ObjectKey.manifest(ObjectID(digest)).path) cannot be used, so what it needs is not "
                                + "known: \(damage.detail); run `modmeta store verify --remove-damaged` first")
                    }
                }
            }
            for _ in 0..<width { startNext() }
            var done = 0
            while let names = try await group.next() {
                payloads.formUnion(names)
                done += 1
                progress(.surveyed(done, of: manifests.count))
                startNext()
            }
        }
        return payloads
    }

    /// The sketches of objects that have no manifest any more, and those that cannot be read.
    private func useless(
        _ sketches: [ListedObject], besides kept: Set<Digest>, progress: (Int) -> Void
    ) async throws -> Set<Digest> {
        var useless: Set<Digest> = []
        try await withThrowingTaskGroup(of: (Digest, Bool).self) { group in
            var waiting = sketches.makeIterator()
            func startNext() {
                guard let listed = waiting.next() else { return }
                group.addTask {
                    do {
                        let bytes = try await store.read(.sketch(listed.digest), limit: Sketch.sizeLimit)
                        return (listed.digest, !kept.contains(try Sketch(parsing: bytes).object.digest))
                    } catch let error as FormatError {
                        return (listed.digest, error.code != .unsupportedVersion)
                    } catch let error as StoreError where error.code == .missing || error.code == .corrupt {
                        return (listed.digest, error.code == .corrupt)
                    }
                }
            }
            for _ in 0..<width { startNext() }
            var done = 0
            while let (digest, isUseless) = try await group.next() {
                if isUseless { useless.insert(digest) }
                done += 1
                progress(done)
                startNext()
            }
        }
        return useless
    }
}

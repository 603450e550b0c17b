internal import ModmetaFormats

/// Looks through a store for what is needed and what is not.
struct Surveyor: Sendable {
    let store: any ObjectStore
    let live: any LiveObjects
    let parseManifest: StoreAudit.ManifestParser
    /// What was stored at this time or later stays; in seconds since 1970.
    let cutoff: Int64
    /// LFS objects that may be missing.
    var lost: Set<ObjectID> = []
    /// What a test leaves out.
    var omissions = Omissions<CollectionOmission>()
    var width = 16

    /// Looks through the whole store.
    ///
    /// - Parameter progress: called after each manifest and sketch that was looked at, one call at a time.
    /// - Throws: `StoreError` if what a manifest names cannot be known, and the errors of listing: a name that is not
    ///   listed counts as one that is not there.
    func survey(progress: (CollectionProgress) -> Void = { _ in }) async throws -> Survey {
        var survey = Survey()
        // The roots first: a version is in the store before anything leads to it.
        survey.mark = try await live.mark()
        try await live.forEach { survey.needed.insert($0.digest) }
        survey.liveCount = survey.needed.count

        var manifests: [ListedObject] = []
        try await store.list(.manifests) { manifests.append($0) }
        var kept: [Digest] = []
        for manifest in manifests {
            let isNeeded = survey.needed.contains(manifest.digest)
            if isNeeded || manifest.modified >= cutoff {
                kept.append(manifest.digest)
                survey.kept.add(manifest.size)
                if !isNeeded { survey.young.add(manifest.size) }
            } else {
                survey.dead.append(.init(member: .init(.manifests, manifest.digest), size: manifest.size))
            }
        }
        var needs = try await needs(of: kept, needed: survey.needed) { progress(.surveyed($0, of: kept.count)) }
        var whole: Set<Digest> = []
        try await store.list(.objects) { object in
            if survey.needed.contains(object.digest) { whole.insert(object.digest) }
            let payload = needs.payloads[object.digest]
            if payload?.length == object.size { needs.payloads[object.digest]?.isThere = true }
            if payload != nil || survey.needed.contains(object.digest) {
                survey.kept.add(object.size)
            } else {
                add(object, .objects, to: &survey)
            }
        }
        try await account(for: &survey, needs, whole: whole)
        try await addSketches(to: &survey, besides: Set(kept), progress)
        return survey
    }

    private func addSketches(
        to survey: inout Survey, besides manifests: Set<Digest>, _ progress: (CollectionProgress) -> Void
    ) async throws {
        var sketches: [ListedObject] = []
        try await store.list(.sketches) { sketches.append($0) }
        let old = sketches.filter { $0.modified < cutoff }
        let useless = try await useless(old, besides: manifests) { done in
            progress(.surveyed(manifests.count + done, of: manifests.count + old.count))
        }
        for sketch in sketches {
            if useless.contains(sketch.digest) {
                add(sketch, .sketches, to: &survey)
            } else {
                survey.kept.add(sketch.size)
            }
        }
    }

    private func add(_ object: ListedObject, _ family: ObjectFamily, to survey: inout Survey) {
        if object.modified >= cutoff {
            survey.young.add(object.size)
            survey.kept.add(object.size)
        } else {
            survey.dead.append(.init(member: .init(family, object.digest), size: object.size))
        }
    }

    /// The sketches of objects that have no manifest any more, and those that cannot be read.
    private func useless(
        _ sketches: [ListedObject], besides kept: Set<Digest>, progress: (Int) -> Void
    ) async throws -> Set<Digest> {
        var useless: Set<Digest> = []
        var done = 0
        try await sketches.concurrentForEach(
            width: width,
            { listed in
                do {
                    let bytes = try await store.read(.sketch(listed.digest), limit: Sketch.sizeLimit)
                    return (listed.digest, !kept.contains(try Sketch(parsing: bytes).object.digest))
                } catch let error as FormatError {
                    return (listed.digest, error.code != .unsupportedVersion)
                } catch let error as StoreError where error.code == .missing || error.code == .corrupt {
                    return (listed.digest, error.code == .corrupt)
                }
            },
            receive: { digest, isUseless in
                if isUseless { useless.insert(digest) }
                done += 1
                progress(done)
            })
        return useless
    }
}

internal import ModmetaFormats

extension Surveyor {
    /// Finds out of each LFS object that must stay whether the store has all of it.
    ///
    /// Names that were not listed are asked for one by one, since a listing may be older than the refs. What else of them
    /// turns up is taken from what is dead.
    func account(for survey: inout Survey, _ needs: ManifestNeeds, whole: Set<Digest>) async throws {
        var needs = needs
        var whole = whole
        let unseen = survey.needed.filter {
            !needs.read.contains($0) && needs.damaged[$0] == nil && !whole.contains($0)
        }.sorted()
        var late: Set<Digest> = []
        for start in stride(from: 0, to: unseen.count, by: 500) {
            let share = unseen[start..<min(start + 500, unseen.count)]
            let sizes = try await store.sizes(
                of: share.map { .manifest(ObjectID($0)) } + share.map { .object(ObjectID($0)) })
            for (index, digest) in share.enumerated() {
                if (sizes[index] ?? 0) > 0 { late.insert(digest) }
                if sizes[share.count + index] != nil { whole.insert(digest) }
            }
        }
        let found = try await self.needs(of: late.sorted(), needed: survey.needed) { _ in }
        needs.read.formUnion(found.read)
        needs.damaged.merge(found.damaged) { first, _ in first }
        for (name, payload) in found.payloads where needs.payloads[name]?.length == nil {
            needs.payloads[name] = payload
        }
        let incomplete = try await incomplete(&needs, whole: whole, survey: survey)

        var reasons: [Digest: String] = incomplete
        for digest in survey.needed where !needs.read.contains(digest) {
            if let detail = needs.damaged[digest] {
                reasons[digest] = "its manifest is damaged: \(detail)"
            } else if !whole.contains(digest) {
                reasons[digest] = "it has no manifest, and is not stored whole"
            }
        }
        survey.lostCount = reasons.keys.count { lost.contains(ObjectID($0)) }
        guard !omissions.contains(.accounting) else { return }
        survey.unaccounted = reasons.filter { !lost.contains(ObjectID($0.key)) }
            .map { .init(object: ObjectID($0.key), reason: $0.value) }.sorted { $0.object < $1.object }
        let lateNeeds = Set(found.payloads.keys)
        survey.rescue { $0.family == .objects && lateNeeds.contains($0.digest) }
    }

    /// The objects that lack payloads, with the first that each lacks.
    private func incomplete(
        _ needs: inout ManifestNeeds, whole: Set<Digest>, survey: Survey
    ) async throws -> [Digest: String] {
        let unseen = needs.unseen.sorted()
        for start in stride(from: 0, to: unseen.count, by: 1000) {
            let share = Array(unseen[start..<min(start + 1000, unseen.count)])
            let sizes = try await store.sizes(of: share.map { .payload(PayloadID($0)) })
            for (name, size) in zip(share, sizes) where size != nil && size == needs.payloads[name]?.length {
                needs.payloads[name]?.isThere = true
            }
        }
        let missing = Set(needs.unseen)
        guard !missing.isEmpty else { return [:] }
        var incomplete: [Digest: String] = [:]
        // Seldom: who needs them was not kept in memory.
        for digest in needs.read.intersection(survey.needed).subtracting(whole).sorted() {
            guard
                case .success(let manifest) = try await StoreAudit(store: store, parseManifest: parseManifest)
                    .manifest(digest)
            else { continue }
            // A chunk may stand in for a payload that is lost.
            guard let lost = manifest.entries.first(where: { missing.contains($0.payload.digest) }),
                try await !store.canRebuild(from: manifest)
            else { continue }
            incomplete[digest] = "its payload \(lost.payload) is missing or has another length"
        }
        return incomplete
    }
}

extension Survey {
    /// Takes from what is dead what is needed after all.
    fileprivate mutating func rescue(_ isNeeded: (CondemnedList.Member) -> Bool) {
        for object in dead where isNeeded(object.member) { kept.add(object.size) }
        dead.removeAll { isNeeded($0.member) }
    }
}

internal import ModmetaFormats

extension StoreAudit {
    /// Checks every object, manifest and sketch, and which LFS objects are harmed by what is wrong.
    ///
    /// Whole objects that are missing without a manifest cannot be noticed here: only Git history knows of them.
    ///
    /// - Parameter progress: called as bytes are read, one call at a time, and soon to return.
    /// - Throws: errors of listing, and `CancellationError`; what is wrong with one object is a finding.
    public func verify(
        progress: @escaping @Sendable (StoreProgress) -> Void = { _ in }
    ) async throws -> AuditReport {
        var report = AuditReport()
        // Manifests first: a payload put between the two listings is then only a payload too many.
        let manifests = try await listed(.manifests)
        let objects = try await listed(.objects)
        let sketches = try await listed(.sketches)
        report.objectsChecked = manifests.count + objects.count + sketches.count
        report.bytesChecked = (manifests + objects + sketches).totalSize
        let progress = SharedProgress(manifests + objects + sketches, report: progress)

        var damaged = try await hashAll(
            objects.map { (.objects, $0) } + sketches.map { (.sketches, $0) }, progress: progress)
        let sizes = Dictionary(objects.map { ($0.digest, $0.size) }) { first, _ in first }
        let isWhole = { (object: ObjectID) in
            sizes[object.digest] != nil && damaged[.object(object)] == nil
        }

        var harms: [ObjectKey: Set<ObjectID>] = [:]
        var named: Set<Digest> = []
        var rebuildable: Set<Digest> = []
        var recordedDamage: [ObjectKey: Damage] = [:]
        for listed in manifests {
            defer { progress.finished(listed) }
            let key = ObjectKey.manifest(ObjectID(listed.digest))
            let object = ObjectID(listed.digest)
            switch try await manifest(listed.digest) {
            case .failure(let damage) where damage.kind == .missing:
                continue  // Deleted since it was listed.
            case .failure(let damage):
                recordedDamage[key] = damage
                if !isWhole(object) { harms[key, default: []].insert(object) }
            case .success(let parsed):
                var bad: [ObjectKey] = []
                for entry in parsed.entries {
                    named.insert(entry.payload.digest)
                    guard let (culprit, damage) = check(entry, of: key, sizes: sizes, damaged: damaged) else {
                        continue
                    }
                    recordedDamage[culprit] = damage
                    bad.append(culprit)
                }
                if bad.isEmpty { rebuildable.insert(listed.digest) }
                if !bad.isEmpty && !isWhole(object) { bad.forEach { harms[$0, default: []].insert(object) } }
            }
        }
        // A damaged object that no manifest names is a whole one, unless its version can be rebuilt from payloads.
        for object in objects where damaged[.object(ObjectID(object.digest))] != nil {
            guard !named.contains(object.digest), !rebuildable.contains(object.digest) else { continue }
            harms[.object(ObjectID(object.digest)), default: []].insert(ObjectID(object.digest))
        }
        damaged.merge(recordedDamage) { $1 }
        if let damage = try await formatDamage() { damaged[.format] = damage }
        report.findings = damaged.sorted { $0.key < $1.key }.map { key, damage in
            AuditReport.Finding(
                key: key, kind: damage.kind, detail: damage.detail, harms: (harms[key] ?? []).sorted())
        }
        if let store = store as? any ForeignFileListing { report.foreignFiles = try await store.foreignFiles() }
        return report
    }

    /// Compares what a manifest records of a payload with what the store has.
    ///
    /// - Returns: the object to blame and why, or nil if all is well.
    private func check(
        _ entry: Manifest.Entry, of manifest: ObjectKey, sizes: [Digest: UInt64], damaged: [ObjectKey: Damage]
    ) -> (ObjectKey, Damage)? {
        let key = ObjectKey.payload(entry.payload)
        guard let size = sizes[entry.payload.digest] else {
            return (key, Damage(kind: .missing, detail: "a manifest names it, and it is not there"))
        }
        if var damage = damaged[key] {
            if damage.kind == .flipped && size < UInt64(clamping: entry.payloadLength) {
                damage = Damage(
                    kind: .truncated, detail: "it has \(size) of the \(entry.payloadLength) bytes a manifest records")
            }
            return (key, damage)
        }
        guard size == UInt64(clamping: entry.payloadLength) else {
            return (
                manifest,
                Damage(
                    kind: .flipped,
                    detail:
                        "it records \(entry.payloadLength) bytes for the payload \(entry.payload), which has \(size)")
            )
        }
        return nil
    }

    private func formatDamage() async throws -> Damage? {
        do {
            _ = try await store.format()
            return nil
        } catch let error as StoreError {
            return Damage(kind: error.code == .noStore ? .missing : .flipped, detail: error.message)
        }
    }
}

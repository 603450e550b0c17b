internal import ModmetaFormats

extension StoreAudit {
    /// What a look at all objects found, before any manifest says what they are for.
    struct Objects {
        /// The size of each object.
        var sizes: [Digest: UInt64] = [:]
        /// Whether they were read; else only their sizes are known.
        var areRead = true
        /// What is wrong with objects and sketches.
        var damaged: [ObjectKey: Damage] = [:]

        /// Whether an object is there, sound and of a size.
        func has(_ key: ObjectKey, _ digest: Digest, size: Int) -> Bool {
            sizes[digest] == UInt64(clamping: size) && damaged[key] == nil
        }

        /// Which entries of a manifest can be rebuilt.
        func rebuildable(of manifest: Manifest) -> [Bool] {
            let entries = manifest.entries
            return manifest.rebuildable(
                hasPayload: {
                    has(.payload(entries[$0].payload), entries[$0].payload.digest, size: entries[$0].payloadLength)
                },
                hasStandIn: {
                    has(.standIn(entries[$0].chunk), entries[$0].chunk.digest, size: entries[$0].rawLength)
                })
        }
    }

    /// Checks every object, manifest and sketch, and which LFS objects are harmed by what is wrong.
    ///
    /// Whole objects that are missing without a manifest cannot be noticed here: only Git history knows of them.
    ///
    /// - Parameters:
    ///   - isQuick: whether objects are taken for sound whose sizes are right, and not read.
    ///   - progress: called as bytes are read, one call at a time, and soon to return.
    /// - Throws: errors of listing, and `CancellationError`; what is wrong with one object is a finding.
    public func verify(
        isQuick: Bool = false, progress: @escaping @Sendable (StoreProgress) -> Void = { _ in }
    ) async throws -> AuditReport {
        var report = AuditReport()
        // Manifests first: a payload put between the two listings is then only a payload too many.
        let manifests = try await listed(.manifests)
        let (objects, shared, checked) = try await lookAtObjects(besides: manifests, isQuick: isQuick, progress)
        report.objectsChecked = checked.count
        report.bytesChecked = checked.bytes
        var verification = Verification(objects: objects)
        for listed in manifests {
            defer { shared.finished(listed) }
            try await verification.add(manifest(listed.digest), of: listed.digest)
        }
        if let damage = try await formatDamage() { verification.damaged[.format] = damage }
        verification.finish(&report)
        if let store = store as? any ForeignFileListing { report.foreignFiles = try await store.foreignFiles() }
        return report
    }

    /// Lists and hashes objects and sketches.
    func lookAtObjects(
        besides manifests: [ListedObject], isQuick: Bool,
        _ progress: @escaping @Sendable (StoreProgress) -> Void
    ) async throws -> (objects: Objects, progress: SharedProgress, checked: StoreStatistics.Share) {
        let listed = try await listed(.objects)
        let sketches = try await self.listed(.sketches)
        let read = isQuick ? [] : listed
        let shared = SharedProgress(manifests + read + sketches, report: progress)
        var objects = Objects(areRead: !isQuick)
        for object in listed {
            objects.sizes[object.digest] = object.size
            if isQuick, object.size == 0, !object.digest.isOfNothing {
                objects.damaged[.object(ObjectID(object.digest))] = Damage(kind: .truncated, detail: "it is empty")
            }
        }
        let found = try await hashAll(
            read.map { (.objects, $0) } + sketches.map { (.sketches, $0) }, progress: shared)
        objects.damaged.merge(found) { $1 }
        var checked = StoreStatistics.Share()
        checked.count = manifests.count + listed.count + sketches.count
        checked.bytes = (manifests + read + sketches).totalSize
        return (objects, shared, checked)
    }

    private func formatDamage() async throws -> Damage? {
        do {
            _ = try await store.format()
            return nil
        } catch let error as StoreError {
            let kind: AuditReport.Finding.Kind =
                switch error.code {
                case .noStore: .missing
                case .unsupported: .unknown
                default: .flipped
                }
            return Damage(kind: kind, detail: error.message)
        }
    }
}

extension Digest {
    /// Whether it is the SHA-256 of no bytes.
    fileprivate var isOfNothing: Bool { self == SHA256.hash([]) }
}

/// What is wrong with a store, put together manifest by manifest.
private struct Verification {
    let objects: StoreAudit.Objects
    var damaged: [ObjectKey: StoreAudit.Damage] = [:]
    private var harms: [ObjectKey: Set<ObjectID>] = [:]
    /// Objects that manifests name, which are not whole objects then.
    private var named: Set<Digest> = []
    /// Payloads that are not sound, and whether stand-ins serve all manifests that name them.
    private var replaced: [ObjectKey: Bool] = [:]
    private var contents = StoreContents()

    init(objects: StoreAudit.Objects) {
        self.objects = objects
        for (digest, size) in objects.sizes where objects.damaged[.object(ObjectID(digest))] == nil {
            contents.whole[digest] = size
        }
    }

    /// Takes a manifest, or what is wrong with it.
    mutating func add(_ result: Result<Manifest, StoreAudit.Damage>, of digest: Digest) {
        let key = ObjectKey.manifest(ObjectID(digest))
        switch result {
        case .failure(let damage) where damage.kind == .missing: return  // Deleted since it was listed.
        case .failure(let damage):
            damaged[key] = damage
            if damage.kind == .unknown {
                contents.unknown.insert(digest)
            } else {
                contents.known.insert(digest)
                if contents.whole[digest] == nil { harms[key, default: []].insert(ObjectID(digest)) }
            }
        case .success(let manifest): add(manifest)
        }
    }

    private mutating func add(_ manifest: Manifest) {
        let rebuildable = objects.rebuildable(of: manifest)
        let isWhole = manifest.chunks.allSatisfy { rebuildable[$0] }
        contents.known.insert(manifest.object.digest)
        if isWhole { contents.rebuilt[manifest.object.digest] = manifest.layout.size }
        for (index, entry) in manifest.entries.enumerated() {
            named.insert(entry.payload.digest)
            if entry.encoding != .raw, objects.sizes[entry.chunk.digest] != nil { named.insert(entry.chunk.digest) }
            guard let (culprit, damage) = check(entry, of: .manifest(manifest.object)) else { continue }
            // Another manifest may need the payload that this one can do without.
            if culprit == .payload(entry.payload) { replaced[culprit] = (replaced[culprit] ?? true) && isWhole }
            damaged[culprit] = damage
            if !isWhole, !rebuildable[index], contents.whole[manifest.object.digest] == nil {
                harms[culprit, default: []].insert(manifest.object)
            }
        }
    }

    /// Compares what a manifest records of a payload with what the store has.
    ///
    /// - Returns: the object to blame and why, or nil if all is well.
    private func check(_ entry: Manifest.Entry, of manifest: ObjectKey) -> (ObjectKey, StoreAudit.Damage)? {
        let key = ObjectKey.payload(entry.payload)
        guard let size = objects.sizes[entry.payload.digest] else {
            return (key, StoreAudit.Damage(kind: .missing, detail: "a manifest names it, and it is not there"))
        }
        if var damage = objects.damaged[key] {
            if damage.kind == .flipped && size < UInt64(clamping: entry.payloadLength) {
                damage = StoreAudit.Damage(
                    kind: .truncated, detail: "it has \(size) of the \(entry.payloadLength) bytes a manifest records")
            }
            return (key, damage)
        }
        guard size == UInt64(clamping: entry.payloadLength) else {
            // The manifest's checksum is right; of an object that was not read nothing is known.
            guard objects.areRead else {
                return (
                    key,
                    StoreAudit.Damage(
                        kind: size < UInt64(clamping: entry.payloadLength) ? .truncated : .flipped,
                        detail: "it has \(size) bytes, and a manifest records \(entry.payloadLength)")
                )
            }
            return (
                manifest,
                StoreAudit.Damage(
                    kind: .flipped,
                    detail:
                        "it records \(entry.payloadLength) bytes for the payload \(entry.payload), which has \(size)")
            )
        }
        return nil
    }

    /// Writes down what was found.
    mutating func finish(_ report: inout AuditReport) {
        for (key, damage) in objects.damaged {
            // A damaged object that no manifest names is a whole one, unless its version can be rebuilt from payloads.
            if let digest = key.objectDigest, !named.contains(digest) {
                contents.known.insert(digest)
                if contents.rebuilt[digest] == nil { harms[key, default: []].insert(ObjectID(digest)) }
            }
            if damaged[key] == nil { damaged[key] = damage }
        }
        report.standingIn = replaced.filter(\.value).map(\.key).sorted()
        report.findings = damaged.filter { replaced[$0.key] != true }.sorted { $0.key < $1.key }.map { key, damage in
            AuditReport.Finding(
                key: key, kind: damage.kind, detail: damage.detail, harms: (harms[key] ?? []).sorted())
        }
        report.contents = contents
    }
}

extension ObjectKey {
    /// The digest in the name of an object; nil for keys of other families.
    fileprivate var objectDigest: Digest? { path.hasPrefix("lfs/objects/") ? contentDigest : nil }
}

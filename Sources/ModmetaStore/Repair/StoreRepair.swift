internal import ModmetaFormats

/// Puts raw chunks into a store in the place of payloads that are lost or damaged; docs/formats/store.md, "Stand-ins".
///
/// A chunk comes from any copy of any LFS object that has it. It is compared with its id before it is stored, and nothing
/// that is sound is replaced.
public struct StoreRepair: Sendable {
    private let store: any ObjectStore
    private let copies: [any ObjectCopies]
    private let audit: StoreAudit

    /// Prepares a repair.
    ///
    /// - Parameters:
    ///   - copies: where to look for chunks, besides the store's own whole objects.
    ///   - parseManifest: parses and validates a manifest.
    public init(
        _ store: any ObjectStore, from copies: [any ObjectCopies], parseManifest: @escaping StoreAudit.ManifestParser
    ) {
        self.store = store
        self.copies = copies
        audit = StoreAudit(store: store, parseManifest: parseManifest)
    }

    /// Finds what is lost, and stores what can be found of it.
    ///
    /// May be broken off at any moment, and given again.
    ///
    /// - Parameters:
    ///   - isQuick: whether payloads of the right size are taken for sound.
    ///   - progress: called as bytes are read, one call at a time, and soon to return.
    /// - Throws: errors of the store; a chunk that is not found is in the report.
    public func run(
        isQuick: Bool = false, progress: @escaping @Sendable (StoreProgress) -> Void = { _ in }
    ) async throws -> RepairReport {
        let manifests = try await audit.listed(.manifests)
        var (objects, shared, _) = try await audit.lookAtObjects(besides: manifests, isQuick: isQuick, progress)
        var report = RepairReport()
        var harmed: [Digest] = []
        var wanted: [Digest: Int] = [:]
        for listed in manifests {
            defer { shared.finished(listed) }
            guard let manifest = try await manifest(listed.digest, &report) else { continue }
            let rebuildable = objects.rebuildable(of: manifest)
            if manifest.chunks.allSatisfy({ rebuildable[$0] }) { continue }
            harmed.append(listed.digest)
            // What is lost itself; the rest needs nothing once that is back.
            for (index, entry) in manifest.entries.enumerated() where !rebuildable[index] {
                if !objects.has(.payload(entry.payload), entry.payload.digest, size: entry.payloadLength) {
                    wanted[entry.chunk.digest] = entry.rawLength
                }
            }
        }
        report.lost = wanted.count
        try await find(&wanted, among: manifests, in: &objects, &report)
        // Where a base is not to be had, a chunk that needs it may be.
        for digest in wanted.isEmpty ? [] : harmed {
            guard let manifest = try await manifest(digest) else { continue }
            let rebuildable = objects.rebuildable(of: manifest)
            for chunk in manifest.chunks where !rebuildable[chunk] {
                let entry = manifest.entries[chunk]
                wanted[entry.chunk.digest] = entry.rawLength
            }
        }
        try await find(&wanted, among: manifests, in: &objects, &report)
        for digest in harmed {
            guard let manifest = try await manifest(digest) else { continue }
            let rebuildable = objects.rebuildable(of: manifest)
            let isWhole = manifest.chunks.allSatisfy { rebuildable[$0] }
            if isWhole { report.mended.append(manifest.object) } else { report.harmed.append(manifest.object) }
        }
        return report
    }

    private func manifest(_ digest: Digest) async throws -> Manifest? { try? await audit.manifest(digest).get() }

    /// Reads a manifest, and notes one that cannot be read.
    private func manifest(_ digest: Digest, _ report: inout RepairReport) async throws -> Manifest? {
        switch try await audit.manifest(digest) {
        case .success(let manifest): return manifest
        case .failure(let damage):
            if damage.kind != .missing { report.unreadable.append(ObjectID(digest)) }
            return nil
        }
    }

    /// Looks for chunks where manifests say that files have them, and stores those that are found.
    private func find(
        _ wanted: inout [Digest: Int], among manifests: [ListedObject], in objects: inout StoreAudit.Objects,
        _ report: inout RepairReport
    ) async throws {
        for listed in manifests where !wanted.isEmpty {
            guard let manifest = try await manifest(listed.digest) else { continue }
            var start: UInt64 = 0
            for index in manifest.chunks {
                let entry = manifest.entries[index]
                let range = start..<start + UInt64(entry.rawLength)
                start = range.upperBound
                guard wanted[entry.chunk.digest] == entry.rawLength,
                    let bytes = try await bytes(of: entry.chunk, at: range, in: manifest, objects),
                    try await put(entry.chunk, bytes, objects)
                else { continue }
                wanted[entry.chunk.digest] = nil
                objects.sizes[entry.chunk.digest] = UInt64(bytes.count)
                objects.damaged[.standIn(entry.chunk)] = nil
                report.stored.add(UInt64(bytes.count))
            }
        }
    }

    /// The bytes of a chunk, from any copy of an object.
    private func bytes(
        of chunk: ChunkID, at range: Range<UInt64>, in manifest: Manifest, _ objects: StoreAudit.Objects
    ) async throws -> [UInt8]? {
        let (object, size) = (manifest.object, manifest.layout.size)
        for copy in copies {
            let found = try await copy.bytes(of: object, size: size, range: range) {
                SHA256.hash($0) == chunk.digest
            }
            if let found { return found }
        }
        guard objects.has(.object(object), object.digest, size: Int(clamping: size)),
            let bytes = try? await store.read(.object(object), range: range), SHA256.hash(bytes) == chunk.digest
        else { return nil }
        return bytes
    }

    /// Stores a raw chunk; false if the store keeps something damaged in its place.
    private func put(_ chunk: ChunkID, _ bytes: [UInt8], _ objects: StoreAudit.Objects) async throws -> Bool {
        let key = ObjectKey.standIn(chunk)
        let member = CondemnedList.Member(.objects, chunk.digest)
        if objects.damaged[key] != nil, try await !isSound(key, chunk, bytes.count) {
            do {
                try await store.delete(key)
            } catch let error as StoreError where error.code == .unsupported {
                return false
            }
        }
        // A collection under way may have its name on the list.
        var before = try await Rescue(store: store).rescue([member])
        while true {
            _ = try await store.put(key, .bytes(bytes))
            let after = try await Rescue(store: store).rescue([member], knowing: before)
            if after.document == before.document { return try await store.has(key, size: UInt64(bytes.count)) }
            before = after
        }
    }

    /// Whether an object was mended since it was found damaged.
    private func isSound(_ key: ObjectKey, _ chunk: ChunkID, _ length: Int) async throws -> Bool {
        do {
            let bytes = try await store.read(key, limit: length)
            return SHA256.hash(bytes) == chunk.digest
        } catch let error as StoreError where error.code == .missing || error.code == .corrupt {
            return false
        }
    }
}

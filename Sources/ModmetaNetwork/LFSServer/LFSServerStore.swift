internal import ModmetaFormats
public import ModmetaStore

/// A store on an LFS server: payloads and whole objects are its LFS objects, everything small lies beside them.
///
/// The Batch API can neither list nor delete. So only the objects that manifests name or are about are listed, and
/// deleting an object is an error of code `.unsupported`. A server without a format document is read as it is: its objects
/// were pushed by plain git-lfs.
public struct LFSServerStore: ObjectStore {
    /// Payloads and whole objects.
    public let objects: LFSObjects
    /// Manifests, sketches and the format document.
    public let documents: any ObjectStore

    /// Joins the two sides.
    ///
    /// - Parameter documents: a store that holds manifests, sketches and the format document, and nothing else.
    public init(objects: LFSObjects, documents: any ObjectStore) {
        self.objects = objects
        self.documents = documents
    }

    /// The LFS object that a key names; nil for a document.
    private static func object(_ key: ObjectKey) -> ObjectID? {
        guard key.path.hasPrefix("lfs/objects/") else { return nil }
        return key.contentDigest.map { ObjectID($0) }
    }

    /// The size of an object in bytes, or nil if the store does not have it.
    public func size(of key: ObjectKey) async throws -> UInt64? {
        guard let id = LFSServerStore.object(key) else { return try await documents.size(of: key) }
        return try await objects.size(of: id)
    }

    /// Asks about all objects at the same time, so that they share requests.
    public func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        try await keys.concurrentMap(width: 1000) { try await size(of: $0) }
    }

    /// Whether the store has each of some objects at its size, in their order.
    public func has(_ wanted: [(key: ObjectKey, size: UInt64)]) async throws -> [Bool] {
        var result = [Bool](repeating: false, count: wanted.count)
        var remote: [(index: Int, id: ObjectID, size: UInt64)] = []
        for (index, object) in wanted.enumerated() {
            if let id = LFSServerStore.object(object.key) {
                remote.append((index, id, object.size))
            } else {
                result[index] = try await documents.size(of: object.key) == object.size
            }
        }
        let answers = try await objects.has(remote.map { ($0.id, $0.size) })
        for (object, isThere) in zip(remote, answers) { result[object.index] = isThere }
        return result
    }

    /// Reads a whole object of at most `limit` bytes.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        guard let id = LFSServerStore.object(key) else { return try await documents.read(key, limit: limit) }
        return try await objects.read(id, limit: limit)
    }

    /// Reads a range of an object; the result has exactly the range's length.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        guard let id = LFSServerStore.object(key) else { return try await documents.read(key, range: range) }
        return try await objects.read(id, range: range)
    }

    /// Stores an object unless the server has it.
    ///
    /// - Throws: `.corrupt` also where the bytes of an LFS object do not fit its name, as a server would have it.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        guard let id = LFSServerStore.object(key) else { return try await documents.put(key, content) }
        return try await objects.put(id, content)
    }

    /// Replaces the bytes of the format document if they are still `expected` (nil: absent).
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await documents.compareAndSwapFormat(expected: expected, new: new)
    }

    /// How many objects are asked about together when they are listed.
    private static let listedTogether = 1000

    /// Calls `visit` once for each object of a family; of LFS objects, for those that manifests name or are about.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        guard family == .objects else { return try await documents.list(family, visit: visit) }
        var manifests: [ListedObject] = []
        try await documents.list(.manifests) { manifests.append($0) }
        var seen: Set<Digest> = []
        var candidates: [Candidate] = []
        for listed in manifests {
            let key = ObjectKey.manifest(ObjectID(listed.digest))
            guard let bytes = try? await documents.read(key, limit: Int(clamping: listed.size)),
                let manifest = try? Manifest(parsing: bytes)
            else { continue }
            let whole = ListedObject(
                digest: manifest.object.digest, size: manifest.layout.size, modified: listed.modified)
            if seen.insert(whole.digest).inserted { candidates.append(Candidate(object: whole)) }
            for entry in manifest.entries where seen.insert(entry.payload.digest).inserted {
                let payload = ListedObject(
                    digest: entry.payload.digest, size: UInt64(entry.payloadLength), modified: listed.modified)
                let standIn = ListedObject(
                    digest: entry.chunk.digest, size: UInt64(entry.rawLength), modified: listed.modified)
                candidates.append(Candidate(object: payload, standIn: entry.encoding == .raw ? nil : standIn))
            }
            if candidates.count >= LFSServerStore.listedTogether {
                try await visitPresent(candidates, visit)
                candidates = []
            }
        }
        try await visitPresent(candidates, visit)
    }

    /// An object that a manifest names, and what may stand in for it.
    private struct Candidate {
        var object: ListedObject
        var standIn: ListedObject?
    }

    private func visitPresent(
        _ candidates: [Candidate], _ visit: (ListedObject) async throws -> Void
    ) async throws {
        let present = try await objects.has(candidates.map { (ObjectID($0.object.digest), $0.object.size) })
        for (candidate, isThere) in zip(candidates, present) where isThere { try await visit(candidate.object) }
        // What is lost may have a stand-in; nobody else does.
        let standIns = zip(candidates, present).compactMap { $1 ? nil : $0.standIn }
        guard !standIns.isEmpty else { return }
        let found = try await objects.has(standIns.map { (ObjectID($0.digest), $0.size) })
        for (standIn, isThere) in zip(standIns, found) where isThere { try await visit(standIn) }
    }

    /// Deletes a document.
    ///
    /// - Throws: `.unsupported` for an LFS object, which only the server's host can delete.
    public func delete(_ key: ObjectKey) async throws {
        guard LFSServerStore.object(key) == nil else {
            throw StoreError(
                .unsupported, "\(objects.server.endpoint) deletes no LFS objects for its users; its host's settings may"
            )
        }
        try await documents.delete(key)
    }
}

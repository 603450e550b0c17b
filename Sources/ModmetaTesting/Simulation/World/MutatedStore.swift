internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

/// A store with one of the bugs between a transfer and its store.
final class MutatedStore: ObjectStore {
    private let inner: any ObjectStore
    /// The store without retries of reads that do not match their name.
    private let raw: SimulatedStore
    private let mutation: SimulatedMutation
    private let policy: RetryPolicy
    private let held = Mutex<[ObjectKey: [UInt8]]>([:])

    init(_ inner: any ObjectStore, raw: SimulatedStore, mutation: SimulatedMutation, policy: RetryPolicy) {
        self.inner = inner
        self.raw = raw
        self.mutation = mutation
        self.policy = policy
    }

    func size(of key: ObjectKey) async throws -> UInt64? { try await sizes(of: [key])[0] }

    func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        let sizes = try await inner.sizes(of: keys)
        return zip(keys, sizes).map { key, size in
            if let bytes = held.withLock({ $0[key] }) { return UInt64(bytes.count) }
            guard mutation == .trustsLength, size != nil else { return size }
            return raw.world.with { $0.announced[key] } ?? size
        }
    }

    func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        if let bytes = held.withLock({ $0[key] }) { return bytes }
        guard mutation == .skipsPayloadDigest, key.contentDigest != nil else {
            return try await inner.read(key, limit: limit)
        }
        return try await policy.run { try await raw.read(key, limit: limit) }
    }

    func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        try await inner.read(key, range: range)
    }

    func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        switch mutation {
        case .keepsTornObject:
            if try await inner.size(of: key) != nil { return .existed }
        case .replacesExisting:
            if try await inner.size(of: key) != nil { try await inner.delete(key) }
        case .publishesManifestFirst:
            if case .bytes(let bytes) = content, isPayload(key) {
                return held.withLock { $0.updateValue(bytes, forKey: key) } == nil ? .created : .existed
            }
            guard raw.world.manifests[key] != nil else { break }
            let outcome = try await inner.put(key, content)
            let payloads = held.withLock { held in
                defer { held = [:] }
                return held
            }
            for (key, bytes) in payloads.sorted(by: { $0.key < $1.key }) { _ = try await inner.put(key, .bytes(bytes)) }
            return outcome
        default: break
        }
        return try await inner.put(key, content)
    }

    private func isPayload(_ key: ObjectKey) -> Bool {
        key.path.hasPrefix("lfs/") && key.contentDigest.map { raw.world.scenario.contents[ObjectID($0)] == nil } == true
    }

    func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await inner.compareAndSwapFormat(expected: expected, new: new)
    }

    func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
        try await inner.replaceManifest(of: object, expected: expected, new: new)
    }

    func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await inner.list(family, visit: visit)
    }

    func delete(_ key: ObjectKey) async throws { try await inner.delete(key) }
}

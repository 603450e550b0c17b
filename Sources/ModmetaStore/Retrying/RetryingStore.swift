public import ModmetaFormats

/// A store whose calls are made again for what only a whole call can judge: bytes that do not fit their name are read again.
///
/// Every store on a network is opened behind one. Its backends send single requests again themselves, as they know about
/// parts, credentials and how long a server wants to be left alone, so errors they let through are not tried again here
/// (`RetryPolicy.once`); a backend without such knowledge, as a simulated one, leaves that to a policy. A directory gains
/// nothing from it.
public struct RetryingStore: ObjectStore {
    /// How often an object is read before its bytes are taken for what the store has.
    public static let readings = 3

    private let inner: any ObjectStore
    private let policy: RetryPolicy

    /// Wraps a store.
    ///
    /// - Parameter policy: what is done about calls that fail; the backend's own attempts come before it.
    public init(_ inner: any ObjectStore, policy: RetryPolicy) {
        self.inner = inner
        self.policy = policy
    }

    /// The size of an object in bytes, or nil if the store does not have it.
    public func size(of key: ObjectKey) async throws -> UInt64? {
        try await policy.run { try await inner.size(of: key) }
    }

    /// The sizes of many objects, in the order of `keys`; nil for those the store does not have.
    public func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        try await policy.run { try await inner.sizes(of: keys) }
    }

    /// Whether the store has each of some objects at the size it must have, in their order.
    public func has(_ objects: [(key: ObjectKey, size: UInt64)]) async throws -> [Bool] {
        try await policy.run { try await inner.has(objects) }
    }

    /// Reads a whole object of at most `limit` bytes, again where its bytes do not fit its name.
    ///
    /// - Throws: `.corrupt` if they never did. A manifest that is none is read again too, but then returned: its
    ///   reader can say more about it.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        for reading in 1...RetryingStore.readings {
            do {
                let bytes = try await policy.run { try await inner.read(key, limit: limit) }
                if RetryingStore.fits(bytes, key) { return bytes }
                if reading == RetryingStore.readings, key.contentDigest == nil { return bytes }
            } catch let error as StoreError where error.code == .corrupt && reading < RetryingStore.readings {
                // A damaged answer may be too long as well.
            }
        }
        throw StoreError(
            .corrupt,
            "\(key.path) is damaged: what was read \(RetryingStore.readings) times does not fit its name; "
                + "run `modmeta store verify`")
    }

    /// Reads a range of an object, again where the store says that it got damaged bytes.
    ///
    /// The result has exactly the range's length, and may have wrong bytes.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        for _ in 1..<RetryingStore.readings {
            do {
                return try await policy.run { try await inner.read(key, range: range) }
            } catch let error as StoreError where error.code == .corrupt {
                // Servers that know no ranges send the whole object, whose hash the backend checks.
            }
        }
        return try await policy.run { try await inner.read(key, range: range) }
    }

    /// Stores an object unless the key is taken.
    ///
    /// - Returns: `.existed` also where an earlier attempt stored the object and its acknowledgement was lost.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        try await policy.run { try await inner.put(key, content) }
    }

    /// Replaces the bytes of `ObjectKey.format` if they are still `expected` (nil: absent).
    ///
    /// - Returns: true where an earlier attempt created the document and its acknowledgement was lost. A replacement
    ///   whose acknowledgement was lost gives false, as another caller may have made the same one.
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        var isRepeated = false
        let isSwapped = try await policy.run {
            defer { isRepeated = true }
            let wasRepeated = isRepeated
            if try await inner.compareAndSwapFormat(expected: expected, new: new) { return (true, wasRepeated) }
            return (false, wasRepeated)
        }
        guard !isSwapped.0, isSwapped.1, expected == nil else { return isSwapped.0 }
        // Documents are created with a random id, so the same bytes are ours.
        return try await policy.run { try await inner.read(.format, limit: StoreFormat.byteLimit) } == new
    }

    /// Replaces a manifest that cannot be used if its bytes are still `expected`.
    ///
    /// - Returns: false also where an earlier attempt replaced it and its acknowledgement was lost.
    public func replaceManifest(
        of object: ObjectID, expected: [UInt8], new: [UInt8]
    ) async throws -> Bool {
        try await policy.run { try await inner.replaceManifest(of: object, expected: expected, new: new) }
    }

    /// Calls `visit` once for each object of a family, in no particular order.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        var visited: Set<Digest> = []
        do {
            try await policy.run {
                try await inner.list(family) { object in
                    guard visited.insert(object.digest).inserted else { return }
                    // The visitor's own errors are not the store's.
                    do { try await visit(object) } catch { throw VisitFailure(error: error) }
                }
            }
        } catch let failure as VisitFailure {
            throw failure.error
        }
    }

    private struct VisitFailure: Error {
        var error: any Error
    }

    /// Deletes an object; one that is absent is no error.
    public func delete(_ key: ObjectKey) async throws {
        try await policy.run { try await inner.delete(key) }
    }

    private static func fits(_ bytes: [UInt8], _ key: ObjectKey) -> Bool {
        if let digest = key.contentDigest { return SHA256.hash(bytes) == digest }
        return key == .format ? (try? StoreFormat.read(bytes)) != nil : !Manifest.isUnreadable(bytes)
    }
}

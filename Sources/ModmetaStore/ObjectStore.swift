public import ModmetaFormats

/// Immutable objects by key, plus compare-and-swap on the one mutable key `ObjectKey.format`.
///
/// Obligations of every backend, held to by `ObjectStoreContract` in ModmetaTesting:
/// - **Whole or absent.** A reader sees an object whole or not at all, whatever happens to its writer.
/// - **Durable.** When `put` returns, the object survives a crash of the machine.
/// - **First writer wins.** `put` never replaces or alters an object that is there; it answers `.existed`.
///   Of concurrent writers of one key exactly one gets `.created`.
/// - **Torn objects are healed**, the one exception: where the object that is there differs in size from the one
///   offered, and its bytes do not fit the digest in its key while the offered ones do (`ObjectKey.contentDigest`; for
///   other keys: it is empty), it is what a torn write left. It is replaced, atomically, and the answer is `.created`,
///   perhaps for several writers. If the offered bytes are the wrong ones, or both are, nothing changes and the error
///   is `.corrupt`. Equal sizes are not looked into: `StoreAudit` finds flipped bits, `delete` and `put` mend them.
/// - **Manifests that cannot be used** are replaced by compare-and-swap alone (`replaceManifest`), so that nobody replaces
///   a sound one that was published meanwhile.
/// - **Verified names.** Otherwise `put` does not check that a key's digest fits the bytes; callers do. Readers check
///   what they read.
/// - **Concurrency.** All members may be called at the same time from any number of tasks and processes.
/// - **Errors.** A missing object is `nil` or `StoreError.Code.missing`, never another error. An error for which
///   `StoreError.isTransient` holds may go away when the same call is made again.
public protocol ObjectStore: Sendable {
    /// The size of an object in bytes, or nil if the store does not have it.
    func size(of key: ObjectKey) async throws -> UInt64?

    /// The sizes of many objects, in the order of `keys`; nil for those the store does not have.
    ///
    /// A store far away answers many of them in one round trip.
    func sizes(of keys: [ObjectKey]) async throws -> [UInt64?]

    /// Whether the store has each of some objects at the size it must have, in their order.
    ///
    /// Whoever expects a size asks by this: some servers tell the size of an object only to those who know it.
    func has(_ objects: [(key: ObjectKey, size: UInt64)]) async throws -> [Bool]

    /// Reads a whole object of at most `limit` bytes.
    ///
    /// - Throws: `StoreError.Code.missing`, or `.corrupt` if the object is larger than `limit`; nothing larger is allocated.
    func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8]

    /// Reads a range of an object; the result has exactly the range's length.
    ///
    /// - Throws: `StoreError.Code.missing`, or `.corrupt` if the object ends before the range does.
    func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8]

    /// Stores an object unless the key is taken.
    func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome

    /// Replaces the bytes of `ObjectKey.format` if they are still `expected` (nil: absent).
    ///
    /// - Returns: whether they were, and so were replaced. Of concurrent callers with one expectation exactly one gets true.
    func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool

    /// Replaces the bytes of a manifest that cannot be used, if they are still `expected`.
    ///
    /// A reader sees the one or the other, or, where the store cannot do it at once, none for a moment.
    ///
    /// - Returns: whether they were, and so were replaced.
    func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool

    /// Calls `visit` once for each object of a family, in no particular order.
    ///
    /// Objects stored or deleted meanwhile may or may not be visited. Foreign files are passed over.
    func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws

    /// Deletes an object; one that is absent is no error.
    func delete(_ key: ObjectKey) async throws
}

extension ObjectStore {
    /// Asks for one object after the other.
    public func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        var sizes: [UInt64?] = []
        sizes.reserveCapacity(keys.count)
        for key in keys { sizes.append(try await size(of: key)) }
        return sizes
    }

    /// Compares the sizes the store tells.
    public func has(_ objects: [(key: ObjectKey, size: UInt64)]) async throws -> [Bool] {
        zip(try await sizes(of: objects.map(\.key)), objects).map { $0 == $1.size }
    }

    /// Compares, deletes and puts; whoever replaces the manifest between the first two of these steps loses its own.
    public func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
        do {
            let limit = max(expected.count, 1)
            guard try await size(of: .manifest(object)) == UInt64(expected.count),
                try await read(.manifest(object), limit: limit) == expected
            else { return false }
        } catch let error as StoreError where error.code == .missing {
            return false
        }
        try await delete(.manifest(object))
        return try await put(.manifest(object), .bytes(new)) == .created
    }

    /// Whether the store has an object at the size it must have.
    public func has(_ key: ObjectKey, size: UInt64) async throws -> Bool {
        try await has([(key, size)]).first == true
    }
}

/// An object met while listing a family.
public struct ListedObject: Hashable, Sendable {
    /// The digest in the object's name.
    public var digest: Digest
    /// The size in bytes.
    public var size: UInt64
    /// When the object was stored, in seconds since 1970.
    public var modified: Int64

    /// Creates a description of a listed object.
    public init(digest: Digest, size: UInt64, modified: Int64) {
        self.digest = digest
        self.size = size
        self.modified = modified
    }
}

/// The bytes to put into a store.
public enum ObjectContent: Sendable {
    /// Bytes in memory.
    case bytes([UInt8])
    /// The whole of a regular file; it must not change until `put` returns.
    case file(path: String)
}

/// What `put` did.
public enum PutOutcome: Hashable, Sendable {
    /// The object is new, and ours.
    case created
    /// The key was taken; nothing was written.
    case existed
}

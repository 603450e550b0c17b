public import ModmetaStore

/// A store that does what another one does, but for the members that are written anew.
///
/// Only what every store must have is passed on: questions about several objects at once, and replacements of manifests, are
/// made of these, so that they meet what is written anew.
public protocol ForwardingStore: ObjectStore {
    /// The kind of the other store.
    associatedtype Inner: ObjectStore
    /// The other store.
    var inner: Inner { get }
}

extension ForwardingStore {
    /// Asks the other store.
    public func size(of key: ObjectKey) async throws -> UInt64? { try await inner.size(of: key) }

    /// Reads from the other store.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] { try await inner.read(key, limit: limit) }

    /// Reads from the other store.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        try await inner.read(key, range: range)
    }

    /// Stores in the other store.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        try await inner.put(key, content)
    }

    /// Replaces in the other store.
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await inner.compareAndSwapFormat(expected: expected, new: new)
    }

    /// Lists the other store.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await inner.list(family, visit: visit)
    }

    /// Deletes in the other store.
    public func delete(_ key: ObjectKey) async throws { try await inner.delete(key) }
}

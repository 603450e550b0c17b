public import ModmetaStore

/// A store that forwards to another one, except for the members it overrides.
///
/// Only the required members are forwarded. Batch lookups and manifest replacements use their default implementations,
/// so that they go through the overrides.
/// made of these, so that they meet what is written anew.
public protocol ForwardingStore: ObjectStore {
    /// The type of the other store.
    associatedtype Inner: ObjectStore
    /// The other store.
    var inner: Inner { get }
}

extension ForwardingStore {
    /// Forwards to the other store.
    public func size(of key: ObjectKey) async throws -> UInt64? { try await inner.size(of: key) }

    /// Forwards to the other store.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] { try await inner.read(key, limit: limit) }

    /// Forwards to the other store.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        try await inner.read(key, range: range)
    }

    /// Forwards to the other store.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        try await inner.put(key, content)
    }

    /// Forwards to the other store.
    public func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await inner.compareAndSwapFormat(expected: expected, new: new)
    }

    /// Forwards to the other store.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await inner.list(family, visit: visit)
    }

    /// Forwards to the other store.
    public func delete(_ key: ObjectKey) async throws { try await inner.delete(key) }
}

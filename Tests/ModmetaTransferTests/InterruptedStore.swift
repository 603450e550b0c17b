import ModmetaFormats
import ModmetaStore
import Synchronization

/// A store that does something else first at one of the calls made to it.
final class InterruptedStore: ObjectStore {
    let inner: any ObjectStore
    private let moment: Int
    private let interruption: @Sendable () async throws -> Void
    private let calls = Atomic<Int>(0)

    /// - Parameter moment: before which call, counted from 0, the interruption comes.
    init(_ inner: any ObjectStore, at moment: Int, _ interruption: @escaping @Sendable () async throws -> Void) {
        self.inner = inner
        self.moment = moment
        self.interruption = interruption
    }

    /// Whether there were so many calls that the interruption came.
    var wasInterrupted: Bool { calls.load(ordering: .relaxed) > moment }

    private func count() async throws {
        guard calls.add(1, ordering: .relaxed).oldValue == moment else { return }
        // What comes in between is another's work, and goes on where an answer is no longer waited for.
        try await Task { try await interruption() }.value
    }

    func size(of key: ObjectKey) async throws -> UInt64? {
        try await count()
        return try await inner.size(of: key)
    }
    func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        try await count()
        return try await inner.read(key, limit: limit)
    }
    func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        try await count()
        return try await inner.read(key, range: range)
    }
    func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        try await count()
        return try await inner.put(key, content)
    }
    func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await count()
        return try await inner.compareAndSwapFormat(expected: expected, new: new)
    }
    func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await count()
        try await inner.list(family, visit: visit)
    }
    func delete(_ key: ObjectKey) async throws {
        try await count()
        try await inner.delete(key)
    }
}

import ModmetaStore
import ModmetaTesting

/// A store that breaks one promise.
struct BrokenStore: ForwardingStore {
    enum Defect: Sendable { case lastWriterWins, shortRanges, ignoresLimits, listsTwice, swapsBlindly }

    let defect: Defect
    let inner = MemoryStore()

    func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        try await inner.read(key, limit: defect == .ignoresLimits ? .max : limit)
    }

    func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        let size = try await inner.size(of: key) ?? 0
        guard defect == .shortRanges, range.upperBound > size, range.lowerBound <= size else {
            return try await inner.read(key, range: range)
        }
        return try await inner.read(key, range: range.lowerBound..<size)
    }

    func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        if defect == .lastWriterWins { try await inner.delete(key) }
        return try await inner.put(key, content)
    }

    func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        let current = try? await inner.read(.format, limit: .max)
        return try await inner.compareAndSwapFormat(expected: defect == .swapsBlindly ? current : expected, new: new)
    }

    func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await inner.list(family, visit: visit)
        if defect == .listsTwice { try await inner.list(family, visit: visit) }
    }
}

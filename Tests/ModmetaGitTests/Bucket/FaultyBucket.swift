import ModmetaNetwork
import ModmetaStore
import Synchronization

@testable import ModmetaGit

/// A bucket with something done to its calls, and a list of the files that were written.
final class FaultyBucket: BucketFiles {
    /// What becomes of a call.
    enum Fault: Sendable {
        /// It fails without effect.
        case before
        /// It takes effect, and the answer is lost.
        case after
        /// It takes effect and is made once more, as a client does whose answer was lost.
        case twice
    }

    let base: any BucketFiles
    private let fault: @Sendable (_ path: String, _ count: Int) async throws -> Fault?
    private let puts = Mutex<[String]>([])

    /// - Parameter fault: asked before each `put`, with how many there were.
    init(
        _ base: any BucketFiles, fault: @escaping @Sendable (_ path: String, _ count: Int) async throws -> Fault?
    ) {
        self.base = base
        self.fault = fault
    }

    /// The paths written, in order.
    var written: [String] { puts.withLock { $0 } }

    var name: String { base.name }

    func size(of path: String) async throws -> UInt64? { try await base.size(of: path) }

    func read(_ path: String, limit: Int) async throws -> [UInt8] { try await base.read(path, limit: limit) }

    /// How many readings of ranges still have a bit flipped.
    let flips = Mutex(0)

    func read(_ path: String, range: Range<UInt64>) async throws -> [UInt8] {
        var bytes = try await base.read(path, range: range)
        let isFlipped = flips.withLock { flips in
            defer { flips = max(0, flips - 1) }
            return flips > 0
        }
        if isFlipped, !bytes.isEmpty { bytes[bytes.count / 2] ^= 0x10 }
        return bytes
    }

    func put(_ path: String, _ content: ObjectContent, _ condition: PutCondition) async throws -> PutOutcome {
        let count = puts.withLock { puts in
            puts.append(path)
            return puts.count
        }
        switch try await fault(path, count) {
        case nil: return try await base.put(path, content, condition)
        case .before: throw StoreError(.unavailable, "the line is dead")
        case .after:
            _ = try await base.put(path, content, condition)
            throw StoreError(.unavailable, "the answer is lost")
        case .twice:
            _ = try await base.put(path, content, condition)
            return try await base.put(path, content, condition)
        }
    }

    /// Generations after this one are not listed yet.
    let lastListed = Mutex(UInt64.max)

    func list(prefix: String, visit: (BucketEntry) async throws -> Bool) async throws {
        let last = lastListed.withLock { $0 }
        try await base.list(prefix: prefix) { entry in
            if let number = RefGeneration.number(in: entry.path), number > last { return true }
            return try await visit(entry)
        }
    }

    func delete(_ path: String) async throws { try await base.delete(path) }
}

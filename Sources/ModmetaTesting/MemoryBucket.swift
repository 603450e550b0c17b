internal import Glibc
public import ModmetaNetwork
public import ModmetaStore
internal import Synchronization
internal import SystemPackage

/// A bucket in memory, for tests.
public final class MemoryBucket: BucketFiles {
    private struct Stored {
        var bytes: [UInt8]
        var modified: Int64
    }

    /// A call of a caller.
    public struct Request: Hashable, Sendable, CustomStringConvertible {
        /// The name of the member called.
        public var call: String
        /// The path, or the prefix of a listing.
        public var path: String
        /// Call and path, separated by a space.
        public var description: String { "\(call) \(path)" }
    }

    private let files = Mutex<[String: Stored]>([:])
    private let seen = Mutex<[Request]>([])
    private let honoursConditions: Bool

    /// Creates an empty bucket.
    ///
    /// - Parameter honoursConditions: false for a service for which `.ifAbsent` is `.unsupported`.
    public init(honoursConditions: Bool = true) { self.honoursConditions = honoursConditions }

    /// The name of the bucket for messages.
    public var name: String { "memory" }

    /// The paths of all files, in order.
    public var paths: [String] { files.withLock { sorted(Array($0.keys)) } }

    /// All calls in order; each would take a round trip.
    public var requests: [Request] { seen.withLock { $0 } }

    private func note(_ call: String, _ path: String) { seen.withLock { $0.append(Request(call: call, path: path)) } }

    /// The size of a file in bytes, or nil if it does not exist.
    public func size(of path: String) async throws -> UInt64? {
        note("size", path)
        return files.withLock { $0[path].map { UInt64($0.bytes.count) } }
    }

    /// Reads a whole file of at most `limit` bytes.
    public func read(_ path: String, limit: Int) async throws -> [UInt8] {
        note("read", path)
        let bytes = try bytes(path)
        guard bytes.count <= limit else {
            throw StoreError(.corrupt, "\(path) has \(bytes.count) bytes, more than the limit of \(limit)")
        }
        return bytes
    }

    /// Reads exactly the bytes of a range.
    public func read(_ path: String, range: Range<UInt64>) async throws -> [UInt8] {
        note("range", path)
        let bytes = try bytes(path)
        guard range.upperBound <= bytes.count else {
            throw StoreError(.corrupt, "\(path) has \(bytes.count) bytes and ends before byte \(range.upperBound)")
        }
        return Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// Writes a file; `condition` decides what happens if it exists.
    public func put(_ path: String, _ content: ObjectContent, _ condition: PutCondition) async throws -> PutOutcome {
        note("put", path)
        let bytes: [UInt8]
        switch content {
        case .bytes(let given): bytes = given
        case .file(let source): bytes = try UploadedFile(source).readAll()
        }
        if condition == .ifAbsent && !honoursConditions {
            throw StoreError(.unsupported, "\(name) does not honour conditional writes")
        }
        return files.withLock { files in
            if condition == .ifAbsent, files[path] != nil { return .existed }
            files[path] = Stored(bytes: bytes, modified: Int64(time(nil)))
            return .created
        }
    }

    /// Calls `visit` once for each file whose path starts with `prefix`, ordered by the bytes of the path.
    public func list(prefix: String, visit: (BucketEntry) async throws -> Bool) async throws {
        note("list", prefix)
        let entries = files.withLock { files in
            sorted(files.keys.filter { $0.utf8.starts(with: prefix.utf8) }).compactMap { path in
                files[path].map {
                    BucketEntry(path: path, size: UInt64($0.bytes.count), modified: $0.modified)
                }
            }
        }
        for entry in entries { guard try await visit(entry) else { return } }
    }

    /// Deletes a file; it is not an error if the file does not exist.
    public func delete(_ path: String) async throws {
        note("delete", path)
        files.withLock { _ = $0.removeValue(forKey: path) }
    }

    private func sorted(_ paths: [String]) -> [String] {
        paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        guard let stored = files.withLock({ $0[path] }) else {
            throw StoreError(.missing, "\(name) has no \(path)")
        }
        return stored.bytes
    }
}

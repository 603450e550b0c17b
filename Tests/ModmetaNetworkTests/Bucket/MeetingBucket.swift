import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Synchronization

/// A bucket that answers certain requests only once all of them were made: what waits for one answer before it asks the
/// next question waits for ever.
final class MeetingBucket: BucketFiles {
    private let files: any BucketFiles
    private let meeting: Meeting<String>

    /// - Parameter requests: each the name of a member, a space, and the path or prefix.
    init(_ files: any BucketFiles, of requests: Set<String>) {
        self.files = files
        meeting = Meeting(of: requests)
    }

    var name: String { files.name }

    func size(of path: String) async throws -> UInt64? {
        await meeting.attend("size \(path)")
        return try await files.size(of: path)
    }

    func read(_ path: String, limit: Int) async throws -> [UInt8] {
        await meeting.attend("read \(path)")
        return try await files.read(path, limit: limit)
    }

    func read(_ path: String, range: Range<UInt64>) async throws -> [UInt8] {
        await meeting.attend("range \(path)")
        return try await files.read(path, range: range)
    }

    func put(_ path: String, _ content: ObjectContent, _ condition: PutCondition) async throws -> PutOutcome {
        await meeting.attend("put \(path)")
        return try await files.put(path, content, condition)
    }

    func list(prefix: String, visit: (BucketEntry) async throws -> Bool) async throws {
        await meeting.attend("list \(prefix)")
        try await files.list(prefix: prefix, visit: visit)
    }

    func delete(_ path: String) async throws {
        await meeting.attend("delete \(path)")
        try await files.delete(path)
    }
}

/// Lets tasks go on once all that were expected have come.
final class Meeting<Name: Hashable & Sendable>: Sendable {
    private struct State: Sendable {
        var absent: Set<Name>
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(of names: Set<Name>) { state = Mutex(State(absent: names)) }

    /// Returns once all are here; at once for whoever is not expected.
    func attend(_ name: Name) async {
        await withCheckedContinuation { continuation in
            let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                guard state.absent.remove(name) != nil else { return [continuation] }
                state.waiting.append(continuation)
                guard state.absent.isEmpty else { return [] }
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in released { continuation.resume() }
        }
    }
}

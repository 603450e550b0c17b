import Glibc
import ModmetaTesting
import Testing

@testable import ModmetaSystem

/// Locks of a store's files.
@Suite(.timeLimit(.minutes(2))) struct FileLockTests {
    @Test("a lock is handed on when it is given up, and not waited for longer than said")
    func handingOn() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("lock")
        let first = try await FileLock.acquire(path, exactMode: 0o640, patience: nil)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        let error = await #expect(throws: SystemError.self) {
            _ = try await FileLock.acquire(path, exactMode: nil, patience: .milliseconds(50))
        }
        #expect(error?.code == .unavailable)
        let next = Task {
            let lock = try await FileLock.acquire(path, exactMode: nil, patience: .seconds(60))
            _ = consume lock
        }
        try await Task.sleep(for: .milliseconds(30))
        _ = consume first
        try await next.value
    }
}

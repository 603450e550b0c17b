import Glibc
import ModmetaSystem
import ModmetaTesting
import Testing

/// Waiting for locks in the kernel.
@Suite(.timeLimit(.minutes(5))) struct LockWaitTests {
    private static func paths(_ count: Int, in directory: TemporaryDirectory) -> [String] {
        (0..<count).map { directory.path("\($0)") }
    }

    private static func locked(_ path: String) -> CInt {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor
    }

    private static func isFree(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        defer { closeLocked(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Waits for what threads that give up do soon.
    private static func comesTrue(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<500 {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test("the first lock that is given up is taken, and the others stay with who has them")
    func firstOfSeveral() async throws {
        let directory = try TemporaryDirectory()
        let paths = Self.paths(5, in: directory)
        let held = paths.map(Self.locked)
        let waiting = Task { try await LockWait.first(of: paths, LOCK_EX) }
        try await Task.sleep(for: .milliseconds(50))
        closeLocked(held[3])
        let locked = try #require(try await waiting.value)
        #expect(locked.index == 3 && !Self.isFree(paths[3]))
        // Threads that were late take nothing away.
        for index in [0, 1, 2, 4] { closeLocked(held[index]) }
        for index in [0, 1, 2, 4] { #expect(try await Self.comesTrue { Self.isFree(paths[index]) }) }
        closeLocked(locked.descriptor)
        #expect(Self.isFree(paths[3]))
    }

    @Test("the lock of a process that is killed is taken")
    func killedHolder() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("lock")
        let child = try Process.start("flock", path, "sleep", "100")
        #expect(try await Self.comesTrue { access(path, F_OK) == 0 && !Self.isFree(path) })
        let waiting = Task { try await LockWait.first(of: [path], LOCK_SH) }
        try await Task.sleep(for: .milliseconds(50))
        Process.killGroup(child)
        let locked = try await waiting.value
        #expect(locked?.index == 0)
        if let locked { closeLocked(locked.descriptor) }
    }

    @Test("who is cancelled leaves no lock behind")
    func cancellation() async throws {
        let directory = try TemporaryDirectory()
        let paths = Self.paths(3, in: directory)
        let held = paths.map(Self.locked)
        let waiting = Task { try await LockWait.first(of: paths, LOCK_EX) }
        try await Task.sleep(for: .milliseconds(30))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        for descriptor in held { closeLocked(descriptor) }
        for path in paths { #expect(try await Self.comesTrue { Self.isFree(path) }) }
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await LockWait.first(of: paths, LOCK_EX)
        }
        await #expect(throws: CancellationError.self) { _ = try await late.value }
    }

    @Test("of many who wait each gets its turn")
    func everybodyGetsOne() async throws {
        let directory = try TemporaryDirectory()
        let paths = Self.paths(2, in: directory)
        let inside = Tally()
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<40 {
                group.addTask {
                    let locked = try #require(try await LockWait.first(of: paths, LOCK_EX))
                    inside.begin()
                    try await Task.sleep(for: .milliseconds(2))
                    inside.end()
                    closeLocked(locked.descriptor)
                }
            }
        }
        #expect(inside.ended == 40 && inside.most <= 2)
    }

    @Test("a wait of a given length ends without the lock")
    func patience() async throws {
        let directory = try TemporaryDirectory()
        let paths = Self.paths(2, in: directory)
        let held = paths.map(Self.locked)
        #expect(try await LockWait.first(of: paths, LOCK_EX, for: .milliseconds(50)) == nil)
        for descriptor in held { closeLocked(descriptor) }
        for path in paths { #expect(try await Self.comesTrue { Self.isFree(path) }) }
        let locked = try await LockWait.first(of: paths, LOCK_EX, for: .seconds(60))
        #expect(locked != nil)
        if let locked { closeLocked(locked.descriptor) }
    }

    @Test("a try to lock says whether somebody has the file or locking fails")
    func attempts() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("lock")
        let holder = Self.locked(path)
        let other = open(path, O_RDWR | O_CLOEXEC)
        #expect(LockAttempt(other, LOCK_EX) == .held && LockAttempt(other, LOCK_SH) == .held)
        closeLocked(holder)
        #expect(LockAttempt(other, LOCK_EX) == .locked)
        closeLocked(other)
        #expect(LockAttempt(other, LOCK_EX) == .failed(errno: EBADF))
        #expect(LockAttempt.waiting(other, LOCK_EX) == .failed(errno: EBADF))
    }

    @Test("files that cannot be opened are not waited for")
    func nothingToWaitFor() async throws {
        let error = await #expect(throws: SystemError.self) {
            try await LockWait.first(of: ["/nonexistent/lock"], LOCK_EX)
        }
        #expect(error?.code == .missing)
        let directory = try TemporaryDirectory()
        #expect(try await LockWait.first(of: [directory.path("absent")], LOCK_SH, creates: false) == nil)
        #expect(access(directory.path("absent"), F_OK) != 0)
    }
}

/// A program in a process group of its own.
private enum Process {
    struct Failure: Error {}

    static func start(_ words: String...) throws -> pid_t {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var child = pid_t()
        guard posix_spawnp(&child, words[0], nil, &attributes, &arguments, environ) == 0 else { throw Failure() }
        return child
    }

    static func killGroup(_ child: pid_t) {
        kill(-child, SIGKILL)
        waitpid(child, nil, 0)
    }
}

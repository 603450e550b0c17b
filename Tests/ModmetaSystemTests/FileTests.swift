import Glibc
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaSystem

@Suite struct FileTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("file", Array(0..<100))
    }

    private func code(_ body: () throws -> Void) -> SystemError.Code? {
        (#expect(throws: SystemError.self) { try body() })?.code
    }

    @Test func readsWhatIsThere() throws {
        let file = try File(reading: directory.path("file"))
        #expect(file.size == 100)
        #expect(try file.read(at: 90, count: 10) == Array(90..<100))
        #expect(try file.read(at: 100, count: 0).isEmpty)
        var bytes: [UInt8] = [1, 2, 3]
        try file.read(at: 0, count: 2, into: &bytes)
        #expect(bytes == [0, 1])
        try file.read(at: 5, count: 50, into: &bytes)
        #expect(bytes == Array(5..<55))
        var all: [UInt8] = []
        try file.forEachBlock { all += $0 }
        #expect(all == Array(0..<100))
    }

    @Test func theEndIsTold() throws {
        let file = try File(reading: directory.path("file"))
        #expect(code { _ = try file.read(at: 95, count: 10) } == .truncated)
        #expect(truncate(directory.path("file"), 50) == 0)
        #expect(code { _ = try file.read(at: 0, count: 100) } == .truncated)
    }

    @Test func onlyRegularFilesAreOpened() throws {
        #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
        #expect(symlink(directory.path("file"), directory.path("link")) == 0)
        #expect(code { _ = try File(reading: directory.path("pipe")) } == .irregular)
        #expect(code { _ = try File(reading: directory.path) } == .irregular)
        #expect(code { _ = try File(reading: directory.path("link"), followsLinks: false) } == .irregular)
        #expect(code { _ = try File(updating: directory.path("link")) } == .irregular)
        #expect(code { _ = try File(reading: directory.path("absent")) } == .missing)
        #expect(try File(reading: directory.path("link")).size == 100)
        #expect(try File(readingIfPresent: directory.path("absent")) == nil)
    }

    @Test func nothingIsCreatedInTheWayOfSomething() throws {
        #expect(symlink(directory.path("nowhere"), directory.path("link")) == 0)
        for name in ["file", "link"] {
            #expect(throws: SystemError.self) { try File(creating: directory.path(name)) }
        }
        #expect(try directory.contents("file") == Array(0..<100))
        #expect(try FileStatus(of: directory.path("nowhere")) == nil)
    }

    @Test func writesAtOffsetsAndAppends() throws {
        let file = try File(creating: directory.path("new"), mode: 0o600)
        try file.append([1, 2, 3])
        try file.append([4])
        try file.write([9], at: 1)
        #expect(try file.read(at: 0, count: 4) == [1, 9, 3, 4])
        try file.truncate(to: 2)
        #expect(try directory.contents("new") == [1, 9])
        #expect(try file.status().mode == 0o600)
    }

    @Test func copiesExactlyTheFileItWas() throws {
        let source = try File(reading: directory.path("file"))
        let copy = try File(creating: directory.path("copy"))
        try copy.append(contentsOf: source, size: 100)
        #expect(try directory.contents("copy") == Array(0..<100))
        try File(updating: directory.path("file")).truncate(to: 101)
        let next = try File(creating: directory.path("next"))
        #expect(code { try next.append(contentsOf: source, size: 100) } == .changed)
    }

    /// Signals that come all the time break no reading and no writing off.
    @Test func signalsInterruptNothing() throws {
        let bytes = [UInt8](repeating: 7, count: 32 << 20)
        var action = sigaction()
        // Without SA_RESTART.
        action.__sigaction_handler.sa_handler = { _ in }
        #expect(sigaction(SIGURG, &action, nil) == 0)
        let thread = pthread_self()
        let isOver = Flag()
        try DedicatedThread.start {
            while !isOver.value {
                pthread_kill(thread, SIGURG)
                usleep(50)
            }
            isOver.answer()
        }
        defer { isOver.stop() }
        let file = try File(creating: directory.path("large"))
        try file.append(bytes)
        try file.write(bytes, at: 1 << 20)
        #expect(try file.read(at: 0, count: 33 << 20).allSatisfy { $0 == 7 })
    }

    @Test func aLockIsOneProcesssAndGoesWithTheFile() throws {
        let path = directory.path("lock")
        var held = try FileLock.attempt(path)
        #expect(held != nil)
        #expect(try FileLock.attempt(path) == nil)
        held = nil
        #expect(try FileLock.attempt(path) != nil)
    }

    @Test func aLockIsWaitedForAsLongAsWanted() async throws {
        let path = directory.path("lock")
        let held = try FileLock.attempt(path)
        let error = await #expect(throws: SystemError.self) {
            try await FileLock.acquire(path, patience: .milliseconds(50))
        }
        #expect(error?.code == .unavailable)
        withExtendedLifetime(held) {}
        #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
        #expect(throws: SystemError.self) { try FileLock.attempt(directory.path("pipe")) }
    }
}

/// Ends a thread, and waits until it is over.
private final class Flag: Sendable {
    private let isOver = Atomic(false)
    private let isAnswered = Atomic(false)
    var value: Bool { isOver.load(ordering: .sequentiallyConsistent) }
    func answer() { isAnswered.store(true, ordering: .sequentiallyConsistent) }
    func stop() {
        isOver.store(true, ordering: .sequentiallyConsistent)
        while !isAnswered.load(ordering: .sequentiallyConsistent) { usleep(100) }
    }
}

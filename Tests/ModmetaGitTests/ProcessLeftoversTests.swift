import Glibc
import ModmetaTesting
import Testing

@testable import ModmetaGit
@testable import ModmetaSystem

/// What processes leave behind when they are killed, and how it is told from what living ones need.
@Suite struct ProcessLeftoversTests {
    @Test func `a living push keeps its mark, a dead one does not`() throws {
        let ours = KeepMark(owner: .current())
        #expect(KeepMark(parsing: ours.text + "\n") == ours)
        #expect(!ours.isStale(age: 1_000_000))
        var reused = ours
        reused.owner.start = 1
        #expect(reused.isStale(age: 0))
        var elsewhere = ours
        elsewhere.owner.place = "elsewhere:1"
        #expect(!elsewhere.isStale(age: 86_000))
        #expect(elsewhere.isStale(age: 87_000))
        #expect(KeepMark(parsing: "kept by hand") == nil)
        #expect(KeepMark(parsing: "modmeta-push x -1 2") == nil)
        #expect(KeepMark(parsing: "") == nil)
    }

    @Test func `an ended process is over, though nobody has asked how it ended`() throws {
        try withZombie { process in
            let start = try #require(ProcessStatus(of: process)?.start)
            let owner = ProcessIdentity(place: ProcessIdentity.current().place, process: process, start: start)
            #expect(owner.isRunning == false)
        }
        #expect(ProcessIdentity.current().isRunning == true)
    }

    @Test func `the directory of an ended process is stale, however little it came to put there`() throws {
        let base = try TemporaryDirectory()
        try withZombie { process in
            let start = try #require(ProcessStatus(of: process)?.start)
            let owner = ProcessIdentity(place: ProcessIdentity.current().place, process: process, start: start)
            let theirs = base.path("git-remote-modmeta.\(owner.startOfName)abcdef")
            let others = [
                "git-remote-modmeta.\(ProcessIdentity.current().startOfName)abcdef",
                "git-remote-modmeta.elsewhere.1.2.3.abcdef", "git-remote-modmeta.abcdef", "owner",
            ]
            for path in [theirs] + others.map(base.path) { try #require(mkdir(path, 0o700) == 0) }
            #expect(ScratchDirectory.stale(in: base.path) == [theirs])
        }
    }

    @Test func `the directory of a living process says whose it is`() throws {
        let path = try ScratchDirectory().path
        let name = path.split(separator: "/").last?.dropFirst("git-remote-modmeta.".count)
        #expect(try ProcessIdentity(startOfName: #require(name)) == .current())
        #expect(!path.contains(" ") && !path.contains(":"))
    }

    /// Gives a process that has ended and was not waited for.
    private func withZombie(_ body: (Int) throws -> Void) throws {
        var process: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawn(&process, "/bin/true", nil, nil, &arguments, nil) == 0)
        defer { waitpid(process, nil, 0) }
        var status = siginfo_t()
        try #require(waitid(P_PID, id_t(process), &status, WEXITED | WNOWAIT) == 0)
        try body(Int(process))
    }
}

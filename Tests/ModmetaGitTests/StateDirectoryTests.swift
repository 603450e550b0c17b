import Glibc
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaGit
@testable import ModmetaSystem

@Suite struct StateDirectoryTests {
    let directory: TemporaryDirectory
    private var own: String { directory.path("modmeta") }
    private var other: String { directory.path("modmeta.\(geteuid())") }

    init() throws { directory = try TemporaryDirectory() }

    @Test func isMadeForOneUser() throws {
        #expect(StateDirectory.path(in: directory.path) == own)
        try StateDirectory.make(own)
        #expect(try FileStatus(of: own)?.mode == 0o700)
        #expect(StateDirectory.path(in: directory.path) == own)
    }

    enum Plant: CaseIterable { case link, file, writable, others }

    @Test(arguments: Plant.allCases) func whatIsNotOursIsNotUsed(_ plant: Plant) throws {
        switch plant {
        case .link: #expect(symlink("/etc", own) == 0)
        case .file: close(creat(own, 0o600))
        case .writable: #expect(mkdir(own, 0o700) == 0 && chmod(own, 0o777) == 0)
        case .others:
            #expect(mkdir(own, 0o700) == 0)
            guard chown(own, 65534, 65534) == 0 else { return }
        }
        #expect(StateDirectory.path(in: directory.path) == other)
        try StateDirectory.make(other)
        #expect(throws: LFSAgentError.self) { try StateDirectory.make(own) }
    }

    @Test func scratchIsNotMadeWhereOthersCouldExchangeIt() throws {
        let scratch = try ScratchDirectory()
        #expect(try FileStatus(of: scratch.path)?.mode == 0o700)
        #expect(try FileStatus(of: scratch.path)?.owner == geteuid())
        #expect(mkdir(directory.path("open"), 0o700) == 0 && chmod(directory.path("open"), 0o777) == 0)
        let name =
            "git-remote-modmeta."
            + ProcessIdentity(place: ProcessIdentity.current().place, process: 1 << 22, start: 1)
            .startOfName + "x"
        #expect(mkdir(directory.path("open/\(name)"), 0o700) == 0)
        #expect(ScratchDirectory.stale(in: directory.path("open")).isEmpty)
        #expect(chmod(directory.path("open"), 0o700) == 0)
        #expect(ScratchDirectory.stale(in: directory.path("open")).count == 1)
    }
}

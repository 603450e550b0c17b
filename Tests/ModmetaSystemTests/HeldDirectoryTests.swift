import Glibc
import ModmetaTesting
import Testing

@testable import ModmetaSystem

@Suite struct HeldDirectoryTests {
    let directory: TemporaryDirectory
    let held: HeldDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.make("own/a/b")
        try directory.make("outside/b")
        try directory.write("own/a/b/file", [1])
        try directory.write("outside/b/file", [2])
        held = try HeldDirectory(opening: directory.path("own"))
    }

    /// The two ways to open a path: by one call, and part by part as on older kernels.
    @Test(arguments: [false, true]) func pathsStayInside(isWalking: Bool) throws {
        #expect(symlink(directory.path("outside"), directory.path("own/link")) == 0)
        #expect(symlink("a/b/file", directory.path("own/inner")) == 0)
        let good = held.beneath("a/b/file", O_RDONLY, isWalking: isWalking)
        #expect(good >= 0)
        close(good)
        let escapes = [
            "link/b/file", "inner", "../outside/b/file", "a/../../outside/b/file", directory.path("outside/b/file"),
            "link",
        ]
        for path in escapes {
            #expect(held.beneath(path, O_RDONLY, isWalking: isWalking) < 0, "\(path)")
            #expect(
                held.beneath("\(path).new", O_RDWR | O_CREAT, mode: 0o600, isWalking: isWalking) < 0
                    || !path.contains("/"), "\(path)")
        }
        #expect(try directory.names("outside/b") == ["file"])
    }

    @Test func missingDirectoriesAreMadeAndLinksAreNot() throws {
        #expect(symlink(directory.path("outside"), directory.path("own/link")) == 0)
        _ = try held.directory("x/y/z", making: 0o755)
        #expect(try directory.names("own/x/y") == ["z"])
        #expect(throws: SystemError.self) { try held.directory("link/new", making: 0o755) }
        #expect(throws: SystemError.self) { try held.directory("a/b/file/new", making: 0o755) }
        #expect(try directory.names("outside") == ["b"])
    }

    @Test func aDirectoryIsHeldWhateverHasItsName() throws {
        #expect(rename(directory.path("own"), directory.path("moved")) == 0)
        #expect(symlink(directory.path("outside"), directory.path("own")) == 0)
        close(held.open("new", O_WRONLY | O_CREAT | O_EXCL))
        #expect(try directory.names("moved") == ["a", "new"])
        #expect(try held.take("\(held.path)/new", as: "final") == .named)
        #expect(try held.take("\(held.path)/final", as: "a") == .taken)
        #expect(HeldDirectory.shown("\(held.path)/final") == directory.path("moved/final"))
        #expect(try directory.names("outside") == ["b"])
    }

    @Test func removalFollowsNoLink() throws {
        #expect(symlink(directory.path("outside"), directory.path("own/a/link")) == 0)
        held.remove("a")
        #expect(try directory.names("own").isEmpty)
        #expect(try directory.names("outside/b") == ["file"])
    }

    @Test func onlyRegularFilesAreOpened() throws {
        #expect(mkfifo(directory.path("own/pipe"), 0o600) == 0)
        #expect(symlink(directory.path("own/pipe"), directory.path("own/link")) == 0)
        for name in ["own/pipe", "own/link", "own/a", "../dev/zero"] {
            for flags in [O_RDONLY, O_RDWR | O_CREAT, O_WRONLY] {
                let path = name.hasPrefix("..") ? "/dev/zero" : directory.path(name)
                #expect(RegularFile.open(path, flags) < 0, "\(name)")
            }
        }
        #expect(held.open("pipe", O_RDONLY) < 0)
        #expect(RegularFile.reason(ENXIO) == "it is not a regular file")
    }

    @Test func nothingIsCutOffBeforeItIsKnown() throws {
        #expect(symlink(directory.path("outside/b/file"), directory.path("own/link")) == 0)
        #expect(RegularFile.open(directory.path("own/link"), O_WRONLY | O_TRUNC | O_NOFOLLOW) < 0)
        #expect(try directory.contents("outside/b/file") == [2])
        close(RegularFile.open(directory.path("own/a/b/file"), O_WRONLY | O_TRUNC))
        #expect(try directory.contents("own/a/b/file").isEmpty)
    }

    @Test func belowProjectFilesNoLinkIsFollowed() throws {
        #expect(symlink(directory.path("outside"), directory.path("own/.modmeta")) == 0)
        try directory.make("own/good/.modmeta/snapshots")
        try directory.write("own/good/.modmeta/snapshots/v1.yaml", [3])
        #expect(symlink(directory.path("outside/b/file"), directory.path("own/good/.modmeta/schema.yaml")) == 0)
        for path in ["own/.modmeta/b/file", "own/good/.modmeta/schema.yaml"] {
            #expect(RegularFile.openCommitted(directory.path(path), O_RDONLY) < 0)
        }
        let file = RegularFile.openCommitted(directory.path("own/good/.modmeta/snapshots/v1.yaml"), O_RDONLY)
        #expect(file >= 0)
        close(file)
    }
}

@Suite struct DirectoryTrustTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.make("a/b")
    }

    @Test func othersMayOnlyAddNames() throws {
        let path = directory.path("a/b")
        try #require(DirectoryTrust.isSafe(path))
        try DirectoryPath(directory.path("a")).setMode(0o777)
        #expect(!DirectoryTrust.isSafe(path))
        try DirectoryPath(directory.path("a")).setMode(0o1777)
        #expect(DirectoryTrust.isSafe(path))
        #expect(!DirectoryTrust.isSafe(directory.path("absent")))
    }

    @Test(.enabled(if: geteuid() == 0)) func nothingOfAnotherUserIsSafe() throws {
        #expect(chown(directory.path("a"), 65534, 0) == 0)
        #expect(!DirectoryTrust.isSafe(directory.path("a/b")))
        let held = try HeldDirectory(opening: directory.path("a"))
        #expect(!UserCache.isPrivate(held))
    }
}

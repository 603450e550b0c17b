import Glibc
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct FetchTargetTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["work", "work/.git", "elsewhere", "plain"] { mkdir(directory.path(name), 0o755) }
    }

    @Test func missingDirectoriesAreMade() throws {
        let target = try FetchTarget.open(directory.path("work/a/./b/../c"))
        #expect(target.name == directory.path("work/a/c"))
        #expect(try FileStatus(of: directory.path("work/a/c"))?.kind == .directory)
    }

    @Test(arguments: ["work/link", "work/link/sub", "work/deep/link/sub"])
    func linksInAWorkTreeAreNotFollowed(_ name: String) throws {
        mkdir(directory.path("work/deep"), 0o755)
        for link in ["work/link", "work/deep/link"] {
            #expect(symlink(directory.path("elsewhere"), directory.path(link)) == 0)
        }
        #expect(throws: RepositoryError.self) { try FetchTarget.open(directory.path(name)) }
        #expect(try DirectoryPath(directory.path("elsewhere")).names()?.isEmpty == true)
    }

    @Test func aLinkOfTheUsersIsFollowed() throws {
        #expect(symlink("elsewhere", directory.path("link")) == 0)
        #expect(try FetchTarget.open(directory.path("link/sub")).name == directory.path("elsewhere/sub"))
        #expect(symlink("work", directory.path("to-work")) == 0)
        #expect(symlink(directory.path("plain"), directory.path("work/inner")) == 0)
        #expect(throws: RepositoryError.self) { try FetchTarget.open(directory.path("to-work/inner")) }
    }

    @Test(.enabled(if: geteuid() == 0)) func aLinkOfAnotherUserIsNot() throws {
        #expect(symlink("elsewhere", directory.path("link")) == 0)
        #expect(lchown(directory.path("link"), 65534, 65534) == 0)
        #expect(throws: RepositoryError.self) { try FetchTarget.open(directory.path("link")) }
    }

    @Test(arguments: ["work/.git", "work/.git/hooks", "work/.GIT/x", "plain"])
    func gitsOwnDirectoriesAreRefused(_ name: String) throws {
        for part in ["HEAD", "objects", "refs"] { mkdir(directory.path("plain/\(part)"), 0o755) }
        #expect(throws: RepositoryError.self) { try FetchTarget.open(directory.path(name)) }
    }

    @Test(arguments: ["../x", "a/../x", "/x", "a//x", ".git/config", "a/.Git/x", "a/g\u{200b}it/.git./x", ""])
    func namesThatLeadOutAreRefused(_ name: String) {
        #expect(throws: RepositoryError.self) { try FetchArea.parts(of: name) }
    }
}

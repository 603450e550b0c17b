import Glibc
import ModmetaGit
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct SnapshotLocksTests {
    /// No process has it: Linux gives out numbers up to 2^22.
    private static let gone = "4194305"

    @Test func `locks of a process that is gone are removed if they hold what it noted`() async throws {
        try await TestRepository.withTemporary { repository in
            let snapshots = try await repository.snapshots()
            let state = try snapshots.repository.makeStateDirectory()
            let object = String(repeating: "a", count: 40)
            try repository.git.write(
                "refs/heads/main \(object)\nrefs/heads/other \(object)\nHEAD \(object)\n",
                to: "\(state)/moving.\(Self.gone)")
            try repository.write("\(object)\n", to: ".git/refs/heads/main.lock")
            try repository.write("\(String(repeating: "b", count: 40))\n", to: ".git/refs/heads/other.lock")
            try repository.write("", to: ".git/HEAD.lock")
            try repository.write("\(object)\n", to: ".git/refs/heads/third.lock")
            await SnapshotLocks(of: snapshots).clear()
            #expect(!repository.exists(".git/refs/heads/main.lock"))
            #expect(repository.exists(".git/refs/heads/other.lock"))
            #expect(!repository.exists(".git/HEAD.lock"))
            #expect(repository.exists(".git/refs/heads/third.lock"))
            #expect(repository.notices.all.map(\.kind) == [.warning, .warning])
            #expect(WorkFile.names(in: state).allSatisfy { !$0.hasPrefix("moving.") })
        }
    }

    @Test func `locks of a process that lives are left alone`() async throws {
        try await TestRepository.withTemporary { repository in
            let snapshots = try await repository.snapshots()
            let object = String(repeating: "a", count: 40)
            let state = try snapshots.repository.makeStateDirectory()
            try repository.git.write("refs/heads/main \(object)\n", to: "\(state)/moving.\(getppid())")
            try repository.write("\(object)\n", to: ".git/refs/heads/main.lock")
            await SnapshotLocks(of: snapshots).clear()
            #expect(repository.exists(".git/refs/heads/main.lock"))
        }
    }

    @Test func `the lock of an index is known by the file that it links to`() async throws {
        try await TestRepository.withTemporary { repository in
            let snapshots = try await repository.snapshots()
            let state = try snapshots.repository.makeStateDirectory()
            try repository.git.write("x", to: "\(state)/indexing.\(Self.gone)")
            try repository.write("x", to: ".git/index.lock")
            await SnapshotLocks(of: snapshots).clear()
            #expect(repository.exists(".git/index.lock"))
            try repository.git.write("x", to: "\(state)/indexing.\(Self.gone)")
            unlink("\(repository.path)/.git/index.lock")
            #expect(link("\(state)/indexing.\(Self.gone)", "\(repository.path)/.git/index.lock") == 0)
            await SnapshotLocks(of: snapshots).clear()
            #expect(!repository.exists(".git/index.lock"))
        }
    }

    @Test func `an index is locked once`() async throws {
        try await TestRepository.withTemporary { repository in
            let locks = try await SnapshotLocks(of: repository.snapshots())
            let index = "\(repository.path)/.git/index"
            try locks.lockIndex(index)
            #expect(throws: RepositoryError.self) { try locks.lockIndex(index) }
            #expect(throws: RepositoryError.self) { try locks.checkIndex() }
            #expect(repository.exists(".git/index.lock"))
            locks.unlockIndex(index)
            try locks.checkIndex()
        }
    }
}

import ModmetaFormats
import ModmetaSystem
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaGit

@Suite struct RemoteHelperPointerGuardTests {
    /// Lacks what it is told to lack, and remembers what it was asked.
    private final class Weights: WeightsPresence {
        private let lacking: Set<ObjectID>
        private let asked = Mutex<[ObjectID]>([])
        var questions: [ObjectID] { asked.withLock { $0 } }

        init(lacking: Set<ObjectID>) { self.lacking = lacking }

        func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
            asked.withLock { $0 += objects.map(\.id) }
            return objects.map(\.id).filter(lacking.contains)
        }
    }

    private func id(_ number: Int) -> ObjectID {
        ObjectID(SHA256.hash(Array("\(number)".utf8)))
    }

    @Test func `missing weights are named by path, in any new commit`() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await git.makeRepository()
            try git.write(pointer(1), to: "repo/old.bin")
            try await commit(git, "old")
            let known = try await tip(git)
            try git.write(pointer(2), to: "repo/a file.bin")
            try git.write(pointer(3), to: "repo/there.bin")
            try git.write("version https://git-lfs.github.com/spec/v1 is not a pointer\n" + filler, to: "repo/text")
            try git.write(String(repeating: pointer(4), count: 20), to: "repo/large")
            try await commit(git, "pointers")
            try await git.run("rm", "--quiet", "-r", ".", in: repository)
            try await commit(git, "all gone")

            let local = LocalRepository(Git(directory: repository, environment: git.environment))
            let new = try await NewObjects(
                [try await tip(git)], beyond: [known], in: local, scratch: try ScratchDirectory())
            let weights = Weights(lacking: [id(1), id(2), id(4)])
            let gap = try await PointerGuard(local: local, weights: weights).gap(in: new)
            #expect(gap == PointerGuard.Gap(path: "a file.bin", count: 1))
            #expect(Set(weights.questions) == [id(2), id(3)])
            #expect(try await PointerGuard(local: local, weights: Weights(lacking: [])).gap(in: new) == nil)
        }
    }

    @Test func `more pointers than fit a batch are all asked about`() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await git.makeRepository()
            for number in 0..<5000 { try git.write(pointer(number), to: "repo/\(number % 50)/\(number)") }
            try await commit(git, "many")
            let local = LocalRepository(Git(directory: repository, environment: git.environment))
            let new = try await NewObjects([try await tip(git)], beyond: [], in: local, scratch: try ScratchDirectory())
            #expect(new.count == 5000 + 50 + 2)
            let weights = Weights(lacking: Set((4000..<5000).map(id)))
            let gap = try await PointerGuard(local: local, weights: weights).gap(in: new)
            #expect(gap?.count == 1000)
            #expect(Set(weights.questions).count == 5000)
        }
    }

    private let filler = String(repeating: "x", count: 200)

    private func pointer(_ number: Int) -> String {
        String(decoding: LFSPointer(object: id(number), size: 7).serialized(), as: UTF8.self)
    }

    private func commit(_ git: HermeticGit, _ message: String) async throws {
        try await git.run("add", "--all", in: "repo")
        try await git.run("commit", "--quiet", "-m", message, in: "repo")
    }

    private func tip(_ git: HermeticGit) async throws -> GitObjectName {
        try #require(GitObjectName(try await git.run("rev-parse", "HEAD", in: "repo")))
    }
}

import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaGit

@Suite struct MaintainedHistoryTests {
    private func id(_ number: Int) -> ObjectID { ObjectID(SHA256.hash(Array("\(number)".utf8))) }

    private func pointer(_ number: Int) -> String {
        String(decoding: LFSPointer(object: id(number), size: 12_345).serialized(), as: UTF8.self)
    }

    private func named(by live: some LiveObjects) async throws -> Set<ObjectID> {
        var found: Set<ObjectID> = []
        try await live.forEach { found.insert($0) }
        return found
    }

    /// A repository with pointers 1 (later deleted), 2 on main, 3 behind a tag only, 4 on a branch, 5 in no commit.
    private func makeRepository(_ git: HermeticGit) async throws -> String {
        let path = try await git.makeRepository()
        func commit(_ number: Int) async throws {
            try git.write(pointer(number), to: "repo/\(number).bin")
            try await git.run("add", "-A", in: path)
            try await git.run("commit", "--quiet", "-m", "\(number)", in: path)
        }
        try await commit(1)
        try await git.run("rm", "--quiet", "1.bin", in: path)
        try await commit(2)
        try await git.run("checkout", "--quiet", "--detach", in: path)
        try await commit(3)
        try await git.run("tag", "-a", "-m", "three", "three", in: path)
        try await git.run("checkout", "--quiet", "-b", "side", "main", in: path)
        try await commit(4)
        try await git.run("checkout", "--quiet", "main", in: path)
        try git.write(pointer(5), to: "repo/5.bin")
        try git.write(pointer(6) + String(repeating: "x", count: 2000), to: "repo/large")
        return path
    }

    @Test func `every pointer that any ref leads to counts`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeRepository(git)
            #expect(try await named(by: RepositoryHistory(at: path)) == [id(1), id(2), id(3), id(4)])
            try await git.run("clone", "--quiet", "--mirror", path, git.path("store"))
            let store = try await MaintainedHistory(of: StoreURL(.directory(path: git.path("store"))))
            #expect(try await named(by: store) == [id(1), id(2), id(3), id(4)])
            // Looked up anew each time.
            let side = try #require(try await store.refs().first { $0.name == "refs/heads/side" })
            let tag = try #require(try await store.refs(below: "refs/tags/").first)
            #expect(try await store.reachable([side.target, tag.peeled], without: [side.name]) == [tag.peeled])
            #expect(
                try await store.files(["\(side.target):4.bin", "\(side.target):none"]).map { $0?.count } == [
                    pointer(4).utf8.count, nil,
                ])
            try await store.delete([side])
            #expect(try await named(by: store) == [id(1), id(2), id(3)])
            await #expect(throws: RemoteHelperError.self) { try await store.delete([side]) }
        }
    }

    @Test func `history that cannot be read in full is an error`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeRepository(git)
            try await git.run("clone", "--quiet", "--depth", "1", "file://\(path)", git.path("shallow"))
            await #expect(throws: RemoteHelperError.self) {
                _ = try await named(by: RepositoryHistory(at: git.path("shallow")))
            }
            let blob = try await git.run("rev-parse", "HEAD:2.bin", in: path)
            try git.remove("repo/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
            await #expect(throws: (any Error).self) { _ = try await named(by: RepositoryHistory(at: path)) }
        }
    }
}

import Glibc
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
            #expect(
                try await store.reachable([side.target, tag.peeled], without: [ByteString(side.name)]) == [tag.peeled])
            #expect(
                try await store.files(["\(side.target):4.bin", "\(side.target):none"]).map { $0?.count } == [
                    pointer(4).utf8.count, nil,
                ])
            try await store.delete([side])
            #expect(try await named(by: store) == [id(1), id(2), id(3)])
            await #expect(throws: RemoteHelperError.self) { try await store.delete([side]) }
        }
    }

    @Test func `pointers that are oddly written or damaged count like others`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            try git.write("\n" + pointer(1), to: "repo/1")
            try git.write(pointer(2).replacing("size ", with: "size +"), to: "repo/2")
            try git.write(pointer(3).replacing("size ", with: "size x"), to: "repo/3")
            try git.write("<<<<<<< ours\n\(pointer(4))=======\n\(pointer(5))>>>>>>> theirs\n", to: "repo/4")
            try await git.run("add", "-A", in: path)
            try await git.run("commit", "--quiet", "-m", "all", in: path)
            #expect(try await named(by: RepositoryHistory(at: path)) == Set((1...5).map(id)))
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

    /// What may have become of a branch's ref, or of all refs.
    enum Damage: CaseIterable, Sendable {
        case empty, words, null, missingObject, dangling, danglingLink, circle, directoryLink, badName
        case packedCut, packedWords, headCut, headGone
    }

    @Test(arguments: Damage.allCases)
    func `a ref that cannot be seen is an error`(_ damage: Damage) async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeRepository(git)
            try await git.run("clone", "--quiet", "--mirror", path, git.path("store"))
            // A mirror has packed refs; one is loose.
            let side = try await git.run("rev-parse", "side", in: "store")
            try git.write("\(side)\n", to: "store/refs/heads/side")
            let store = try await MaintainedHistory(of: StoreURL(.directory(path: git.path("store"))))
            #expect(try await named(by: store) == [id(1), id(2), id(3), id(4)])
            let mark = try await store.mark()
            let file = git.path("store/refs/heads/side")
            switch damage {
            case .empty: try git.write("", to: file)
            case .words: try git.write("no object", to: file)
            case .null: try git.write(String(repeating: "0", count: 40), to: file)
            case .missingObject: try git.write("1" + side.dropFirst(), to: file)
            case .dangling: try git.write("ref: refs/heads/nowhere\n", to: file)
            case .danglingLink:
                try git.remove(file)
                #expect(symlink("nowhere", file) == 0)
            case .circle:
                try git.remove(file)
                #expect(symlink("side", file) == 0)
            case .directoryLink: #expect(symlink(".", git.path("store/refs/heads/loop")) == 0)
            case .badName: try git.write("\(side)\n", to: "store/refs/heads/a b")
            case .packedCut:
                let text = try await git.run("show-ref", in: "store")
                try git.write(String(text.prefix(60)), to: "store/packed-refs")
            case .packedWords: try git.write("no refs\n", to: "store/packed-refs")
            case .headCut: try git.write("re", to: "store/HEAD")
            case .headGone: try git.remove("store/HEAD")
            }
            await #expect(throws: RemoteHelperError.self) { _ = try await named(by: store) }
            await #expect(throws: RemoteHelperError.self) { _ = try await store.refs() }
            let now = try? await store.mark()
            #expect(now != mark)
        }
    }

    @Test func `heads, other work trees and the stash count, whatever git's list of refs says`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeRepository(git)
            func commit(_ number: Int, in tree: String) async throws {
                try git.write(pointer(number), to: "\(tree)/\(number).bin")
                try await git.run("add", "-A", in: tree)
                try await git.run("commit", "--quiet", "-m", "\(number)", in: tree)
            }
            try await git.run("clean", "-qfd", in: path)
            for number in [11, 12] {
                try git.write(pointer(number), to: "repo/\(number).bin")
                try await git.run("stash", "push", "--quiet", "--include-untracked", in: path)
            }
            try await git.run("worktree", "add", "--quiet", "--detach", git.path("tree"), in: path)
            try await commit(13, in: "tree")
            try await git.run("update-ref", "refs/worktree/kept", "HEAD", in: "tree")
            try await git.run("checkout", "--quiet", "--detach", "HEAD~1", in: "tree")
            try await git.run("checkout", "--quiet", "--detach", in: path)
            try await commit(14, in: "repo")
            let expected = Set([1, 2, 3, 4, 11, 12, 13, 14].map(id))
            #expect(try await named(by: RepositoryHistory(at: path)) == expected)
            #expect(try await named(by: RepositoryHistory(at: git.path("tree"))) == expected)
            try git.write("", to: "repo/.git/worktrees/tree/HEAD")
            await #expect(throws: RemoteHelperError.self) { _ = try await named(by: RepositoryHistory(at: path)) }
        }
    }

    @Test func `an object is found by its ref and path`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeRepository(git)
            let places = try await RepositoryHistory(at: path).places(of: [id(1), id(4), id(99)])
            #expect(places.keys.sorted() == [id(1), id(4)].sorted())
            #expect(places[id(4)]?.hasPrefix("'4.bin' in 'refs/heads/side' (commit ") == true, "\(places)")
            #expect(places[id(1)]?.hasPrefix("'1.bin' in ") == true)
        }
    }

    @Test func `refs that are packed meanwhile are not missed`() async throws {
        try await HermeticGit.withTemporary { git in
            let path = try await makeRepository(git)
            let store = try await MaintainedHistory(of: StoreURL(.directory(path: "\(path)/.git")))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<30 {
                        try await git.run("update-ref", "refs/heads/b\(number)", "side", in: path)
                        if number % 5 == 0 { try await git.run("pack-refs", "--all", in: path) }
                    }
                }
                for _ in 0..<8 {
                    let found = try await named(by: store)
                    #expect(found == [id(1), id(2), id(3), id(4)])
                }
                try await group.waitForAll()
            }
        }
    }
}

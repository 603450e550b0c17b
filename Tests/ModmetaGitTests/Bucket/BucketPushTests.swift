import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaGit

@Suite struct BucketPushTests {
    private let done = PushResult.Status.done

    @Test(arguments: ["sha1", "sha256"])
    func `what is pushed is fetched, by us and by stock git from a copy`(_ format: String) async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a", "--object-format=\(format)")
            try await git.run("tag", "-m", "the first", "v1", in: "a")
            let results = try await world.push("a", "refs/heads/main:refs/heads/main", "refs/tags/v1:refs/tags/v1")
            #expect(results.map(\.status) == [done, done])
            try await world.commit("a", "second")
            #expect(try await world.push("a", "HEAD:refs/heads/main").map(\.status) == [done])
            try await git.run("init", "--quiet", "--object-format=\(format)", git.path("b"))
            try await world.fetch("b")
            #expect(try await world.tip("b", "refs/fetched/heads/main") == world.tip("a"))
            #expect(try await world.tip("b", "refs/fetched/tags/v1^{commit}") == world.tip("a", "main~1"))
            try await git.run("fsck", "--strict", in: "b")

            // A copy of the bucket is a bare repository, once it has what buckets do not have.
            try await git.run("init", "--quiet", "--bare", "--object-format=\(format)", git.path("copy"))
            try git.write(try await text("HEAD", in: world), to: "copy/HEAD")
            for name in ["packed-refs", "objects/pack", "info/refs", "objects/info"] {
                try git.remove("copy/\(name)")
                #expect(symlink("\(world.path)/\(name)", git.path("copy/\(name)")) == 0)
            }
            try await git.run("fsck", "--strict", in: "copy")
            #expect(
                try await git.run("rev-parse", "main", "v1^{}", in: "copy")
                    == git.run("rev-parse", "main", "main~1", in: "a"))
        }
    }

    @Test func `each pack stands for itself, and only what is new is sent`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            try git.write(String(repeating: "0123456789abcdef\n", count: 10_000), to: "a/large")
            try await world.commit("a", "large")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            try git.write(String(repeating: "0123456789abcdef\n", count: 10_000) + "more", to: "a/large")
            try await world.commit("a", "larger")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            let packs = try await world.history("a").listedPacks()
            #expect(packs.count == 2)
            for pack in packs {
                // Outside a repository there is nothing to complete a thin pack from.
                try await git.run("index-pack", "-o", git.path("x.idx"), "\(world.path)/\(pack.packPath)", in: "home")
                try await git.run("verify-pack", "\(world.path)/\(pack.packPath)", in: "home")
                try git.remove("x.idx")
            }
            let last = try #require(packs.last)
            let listing = try await git.run("verify-pack", "-v", "\(world.path)/\(last.indexPath)", in: "home")
            let kinds = listing.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
            #expect(kinds.filter { ["commit", "tree", "blob"].contains($0) }.count == 4)
        }
    }

    /// Each takes a round trip; packs go by how their names end.
    @Test func `a push asks for the refs before and after, and writes each file once`() async throws {
        try await HermeticGit.withTemporary { git in
            let bucket = MemoryBucket()
            let world = try BucketWorld(git) { _ in bucket }
            try await world.makeRepository("a")
            let refs = "list modmeta/refs/"
            for round in 0..<2 {
                try await world.commit("a", "\(round)")
                let before = bucket.requests.count
                let found = try await FoundRefs(in: bucket)
                let history = BucketHistory(
                    files: bucket, store: world.id, stateDirectory: git.path("a/.git/modmeta"), found: found)
                // What was found is what git is told; before it changes something, a push looks anew.
                #expect(try await history.refs(peelingTags: false).all.count == round)
                #expect(try await world.push("a", "HEAD:refs/heads/main", in: history).map(\.status) == [done])
                let asked = bucket.requests.dropFirst(before).map { request in
                    request.path.hasPrefix("objects/pack/pack-")
                        ? "\(request.call) \(request.path.split(separator: ".").last ?? "")" : "\(request)"
                }
                var expected = [refs] + (round > 0 ? ["read \(RefGeneration.path(of: 1))"] : [])
                expected += [refs, "put pack", "put idx", "list objects/pack/"]
                expected += ["put \(RefGeneration.path(of: UInt64(round) + 1))", "put objects/info/packs"]
                #expect(Array(asked.prefix(expected.count)) == expected)
                let derived = ["put HEAD", "put info/refs", "put packed-refs"]
                #expect(asked.dropFirst(expected.count).dropLast().sorted() == derived && asked.last == refs)
            }
        }
    }

    @Test func `git's rules hold`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            _ = try await world.push("a", "HEAD:refs/heads/main", "HEAD:refs/heads/side", "HEAD:refs/tags/t")
            try await git.run("clone", "--quiet", git.path("a"), git.path("b"))
            let old = try await world.tip("a")
            let listed = try await world.history("b").refs(peelingTags: false)
            let newer = try await world.commit("a", "newer")
            #expect(try await world.push("a", "HEAD:refs/heads/main").map(\.status) == [done])
            try await world.commit("b", "other")

            func refusal(_ refspec: String, _ options: RemoteHelperOptions = .init()) async throws -> PushResult.Status?
            {
                try await world.push("b", refspec, options: options, listed: listed).first?.status
            }
            #expect(try await refusal("HEAD:refs/heads/main") == .refused("fetch first"))
            #expect(try await refusal("+HEAD:refs/heads/main") == .refused("stale info"))
            #expect(try await refusal("HEAD:refs/tags/t") == .refused("already exists"))
            #expect(try await refusal(":refs/heads/main") == .refused("deletion of the current branch prohibited"))
            #expect(
                try await refusal("HEAD:refs/heads/side/x")
                    == .refused("the ref refs/heads/side exists; delete it before refs/heads/side/x can be made"))
            var lease = RemoteHelperOptions()
            lease.leases = ["refs/heads/main": old]
            #expect(try await refusal("HEAD:refs/heads/main", lease) == .refused("stale info"))
            lease.leases = ["refs/heads/main": newer]
            #expect(try await refusal("HEAD:refs/heads/main", lease) == done)
            #expect(try await refusal(":refs/heads/side") == done)
            let refs = try await world.history("a").refs(peelingTags: false)
            #expect(refs["refs/heads/side"] == nil)
            #expect(try await refs["refs/heads/main"] == world.tip("b"))
        }
    }

    @Test func `an atomic push changes all or nothing, a dry run nothing`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            try await git.run("clone", "--quiet", git.path("a"), git.path("b"))
            try await world.commit("a", "newer")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            try await world.commit("b", "other")
            var options = RemoteHelperOptions()
            options.isAtomic = true
            let results = try await world.push("b", "HEAD:refs/heads/new", "HEAD:refs/heads/main", options: options)
            #expect(results.map(\.status) == [.refused("atomic push failed"), .refused("fetch first")])
            options = RemoteHelperOptions()
            options.isDryRun = true
            #expect(try await world.push("b", "HEAD:refs/heads/new", options: options).map(\.status) == [done])
            #expect(try await world.history("b").refs(peelingTags: false)["refs/heads/new"] == nil)
        }
    }

    @Test func `HEAD of a new store is the branch that was pushed`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a", "--initial-branch=trunk")
            _ = try await world.push("a", "HEAD:refs/heads/x", "refs/heads/trunk:refs/heads/trunk")
            let refs = try await world.history("a").refs(peelingTags: false)
            #expect(refs.head == .branch("refs/heads/x"))
            #expect(try await text("HEAD", in: world) == "ref: refs/heads/x\n")
        }
    }

    @Test func `a shallow clone pushes where the store has the rest`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            try await world.commit("a", "second")
            try await git.run("clone", "--quiet", "--depth=1", "file://\(git.path("a"))", git.path("b"))
            try await world.commit("b", "third")
            let refused = try await world.push("b", "HEAD:refs/heads/main").map(\.status)
            #expect(
                refused == [
                    .refused(
                        "this clone is shallow and the store lacks the older history; run git fetch --unshallow")
                ])
            _ = try await world.push("a", "HEAD:refs/heads/main")
            #expect(try await world.push("b", "HEAD:refs/heads/main").map(\.status) == [done])
        }
    }

    @Test func `packs are put together, and readers and pushers go on`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            _ = try await world.push("a", "HEAD:refs/heads/main", "HEAD:refs/heads/gone")
            for number in 0..<4 {
                try await world.commit("a", "commit \(number)")
                _ = try await world.push("a", "HEAD:refs/heads/main")
            }
            let reader = world.history("a")
            _ = try await reader.refs(peelingTags: false)
            // This one relies on objects that lose their ref, and their pack, before it publishes.
            try await git.run("checkout", "--quiet", "-b", "gone", "main~4", in: "a")
            let relied = try await world.commit("a", "on gone")
            _ = try await world.push("a", "HEAD:refs/heads/gone")
            try await world.commit("a", "after gone")
            let slow = world.history("a")
            let local = world.local("a")
            let target = try slow.pushTarget(from: local, options: .init())
            let known = try await target.refs().tips
            try await target.bring([world.tip("a")], known: known, isEverythingKnown: false)
            _ = try await world.push("a", ":refs/heads/gone")
            #expect(
                try await world.history("a").consolidate()
                    == BucketHistory.Consolidation(packsBefore: 6, packsAfter: 1))
            let change = RefChange(name: "refs/heads/back", old: nil, new: try await world.tip("a"))
            #expect(try await target.apply([change], isAtomic: false, heads: []) == [:])
            try await target.conclude([change], heads: [])
            target.release()

            let listed = Set(try await world.history("a").listedPacks().map(\.packPath))
            var unlisted: [String] = []
            try await world.bucket.list(prefix: ListedPack.directory) { entry in
                if entry.path.hasSuffix(".pack"), !listed.contains(entry.path) { unlisted.append(entry.path) }
                return true
            }
            #expect(!unlisted.isEmpty)
            for path in unlisted { try await world.bucket.delete(path) }
            try await git.run("init", "--quiet", git.path("b"))
            try await world.fetch("b")
            #expect(try await world.tip("b", "refs/fetched/heads/back~1") == relied)
            try await git.run("fsck", "--strict", in: "b")
            // The packs this reader was told of are gone.
            try await git.run("init", "--quiet", git.path("c"))
            let main = try #require(reader.newest?.refs["refs/heads/main"])
            _ = try await reader.fetch(
                [try #require(FetchRequest("\(main) refs/heads/main"))], into: world.local("c"), options: .init())
            #expect(try await git.run("cat-file", "-t", main.hex, in: "c") == "commit")
        }
    }

    private func text(_ path: String, in world: BucketWorld) async throws -> String {
        String(decoding: try await world.bucket.read(path, limit: 1 << 20), as: UTF8.self)
    }
}

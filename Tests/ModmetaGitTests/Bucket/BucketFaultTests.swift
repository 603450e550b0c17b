import Glibc
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaGit

@Suite struct BucketFaultTests {
    struct Stop: Error {}

    @Test(arguments: [FaultyBucket.Fault.after, .twice])
    func `an answer that is lost is no failure`(_ fault: FaultyBucket.Fault) async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git) { bucket in
                FaultyBucket(bucket) { path, _ in path.hasPrefix(RefGeneration.directory) ? fault : nil }
            }
            try await world.makeRepository("a")
            #expect(try await world.push("a", "HEAD:refs/heads/main").map(\.status) == [.done])
            #expect(try await world.history("a").refs(peelingTags: false)["refs/heads/main"] == world.tip("a"))
            #expect(try await world.bucket.size(of: RefGeneration.path(of: 2)) == nil)
        }
    }

    @Test func `a generation that did not arrive is a failure, and the same push goes on later`() async throws {
        try await HermeticGit.withTemporary { git in
            let plain = try BucketWorld(git)
            try await plain.makeRepository("a")
            let broken = FaultyBucket(plain.bucket) { path, _ in
                path.hasPrefix(RefGeneration.directory) ? .before : nil
            }
            let history = BucketHistory(files: broken, store: plain.id, stateDirectory: git.path("a/.git/modmeta"))
            await #expect(throws: StoreError.self) {
                _ = try await plain.push("a", "HEAD:refs/heads/main", in: history)
            }
            #expect(try await plain.history("a").listedPacks().isEmpty)
            #expect(try await plain.push("a", "HEAD:refs/heads/main").map(\.status) == [.done])
        }
    }

    /// A push killed at any of its writes leaves the old refs or the new ones, and all they lead to.
    @Test(arguments: 1...7)
    func `a push that dies between two writes harms nothing`(_ write: Int) async throws {
        try await HermeticGit.withTemporary { git in
            let plain = try BucketWorld(git)
            try await plain.makeRepository("a")
            _ = try await plain.push("a", "HEAD:refs/heads/main")
            let old = try await plain.tip("a")
            let new = try await plain.commit("a", "new")
            let dying = FaultyBucket(plain.bucket) { _, count in
                if count >= write { throw Stop() }
                return nil
            }
            let history = BucketHistory(files: dying, store: plain.id, stateDirectory: git.path("a/.git/modmeta"))
            let results = try? await plain.push("a", "HEAD:refs/heads/main", in: history)
            let main = try await plain.history("a").refs(peelingTags: false)["refs/heads/main"]
            // Pack, index, generation: then it is done, whatever becomes of the files for plain HTTP.
            #expect(main == (write <= 3 ? old : new))
            #expect((results != nil) == (write > 3))
            try await git.run("init", "--quiet", git.path("b"))
            try await plain.fetch("b")
            #expect(try await plain.tip("b", "refs/fetched/heads/main") == main)
            try await git.run("fsck", "--strict", in: "b")

            #expect(try await plain.push("a", "HEAD:refs/heads/main").map(\.status) == [.done])
            let side = try await plain.push("a", "HEAD:refs/heads/side").map(\.status)
            #expect(side == [.done])
            let infoRefs = try await plain.bucket.read("info/refs", limit: 1 << 20)
            #expect(String(decoding: infoRefs, as: UTF8.self) == "\(new)\trefs/heads/main\n\(new)\trefs/heads/side\n")
        }
    }

    @Test func `a pack that arrives damaged is fetched again, three times at most`() async throws {
        try await HermeticGit.withTemporary { git in
            let plain = try BucketWorld(git)
            try await plain.makeRepository("a")
            _ = try await plain.push("a", "HEAD:refs/heads/main")
            let bucket = FaultyBucket(plain.bucket) { _, _ in nil }
            let pack = try await plain.history("a").listedPacks()[0]
            for (flips, arrives) in [(2, true), (3, false)] {
                bucket.flips.withLock { $0 = flips }
                let cache = try PackCache(of: plain.id, in: nil)
                do {
                    try await cache.bring([pack], from: bucket, format: .sha1) { _, _ in }
                    #expect(arrives && cache.has(pack))
                } catch let error as StoreError {
                    #expect(!arrives && error.code == .corrupt)
                }
                #expect(bucket.flips.withLock { $0 } == 0)
            }
        }
    }

    @Test func `the order of writes is pack, index, generation, derived files`() async throws {
        try await HermeticGit.withTemporary { git in
            let plain = try BucketWorld(git)
            try await plain.makeRepository("a")
            let watched = FaultyBucket(plain.bucket) { _, _ in nil }
            let history = BucketHistory(files: watched, store: plain.id, stateDirectory: nil)
            _ = try await plain.push("a", "HEAD:refs/heads/main", in: history)
            let written = watched.written
            #expect(written.count == 7)
            #expect(written[0].hasSuffix(".pack") && written[1].hasSuffix(".idx"))
            #expect(written[2] == RefGeneration.path(of: 1) && written[3] == "objects/info/packs")
            #expect(Set(written[4...]) == ["info/refs", "packed-refs", "HEAD"])
        }
    }

    @Test func `a listing that is behind loses nothing`() async throws {
        try await HermeticGit.withTemporary { git in
            let plain = try BucketWorld(git)
            try await plain.makeRepository("a")
            _ = try await plain.push("a", "HEAD:refs/heads/main")
            try await git.run("clone", "--quiet", git.path("a"), git.path("b"))
            let newer = try await plain.commit("a", "newer")
            _ = try await plain.push("a", "HEAD:refs/heads/main", "HEAD:refs/heads/other")
            try await plain.commit("b", "concurrent")
            let behind = FaultyBucket(plain.bucket) { _, _ in nil }
            behind.lastListed.withLock { $0 = 1 }
            let history = BucketHistory(files: behind, store: plain.id, stateDirectory: nil)
            let results = try await plain.push("b", "HEAD:refs/heads/main", "HEAD:refs/heads/b", in: history)
            #expect(results.map(\.status) == [.refused("fetch first"), .done])
            let refs = try await plain.history("a").refs(peelingTags: false)
            #expect(refs["refs/heads/main"] == newer && refs["refs/heads/other"] == newer)
            #expect(try await refs["refs/heads/b"] == plain.tip("b"))
        }
    }

    @Test func `torn derived files are never read, and mended by the next push`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            for path in ["HEAD", "info/refs", "packed-refs", "objects/info/packs"] {
                _ = try await world.bucket.put(path, .bytes(Array("torn".utf8)), .always)
            }
            try await git.run("init", "--quiet", git.path("b"))
            try await world.fetch("b")
            let new = try await world.commit("a", "new")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            let bytes = try await world.bucket.read("info/refs", limit: 1 << 20)
            #expect(String(decoding: bytes, as: UTF8.self) == "\(new)\trefs/heads/main\n")
        }
    }

    @Test func `a damaged pack is refused by name, and so is a missing one before anything is published`() async throws
    {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            let pack = try #require(try await world.history("a").listedPacks().first)
            var bytes = try await world.bucket.read(pack.packPath, limit: 1 << 20)
            bytes[bytes.count / 2] ^= 1
            _ = try await world.bucket.put(pack.packPath, .bytes(bytes), .always)
            try await git.run("init", "--quiet", git.path("b"))
            let error = await #expect(throws: StoreError.self) { try await world.fetch("b") }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains(pack.packPath) == true)

            try await world.bucket.delete(pack.packPath)
            try await world.commit("a", "new")
            let lost = await #expect(throws: StoreError.self) { try await world.push("a", "HEAD:refs/heads/main") }
            #expect(lost?.code == .corrupt)
            #expect(try await world.history("a").refresh()?.number == 1)
        }
    }

    @Test func `a bucket that ignores conditions keeps no refs`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git) { bucket in
                FaultyBucket(bucket) { path, _ in
                    guard path.hasPrefix(RefGeneration.directory) else { return nil }
                    throw StoreError(.unsupported, "this service ignores If-None-Match, so refs could be lost")
                }
            }
            try await world.makeRepository("a")
            let error = await #expect(throws: StoreError.self) { try await world.push("a", "HEAD:refs/heads/main") }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func `the cache of packs may go at any time`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            try await git.run("init", "--quiet", git.path("b"))
            try await world.fetch("b")
            #expect(access(git.path("b/.git/modmeta/packs/\(world.id)"), F_OK) == 0)
            try git.remove("b/.git/modmeta")
            try await world.commit("a", "new")
            _ = try await world.push("a", "HEAD:refs/heads/main")
            try await world.fetch("b")
            #expect(try await world.tip("b", "refs/fetched/heads/main") == world.tip("a"))
            // A torn file is not taken for the pack.
            let pack = try #require(try await world.history("a").listedPacks().first)
            let file = git.path("b/.git/modmeta/packs/\(world.id)/\(pack.pack.digest).pack")
            try git.remove(file)
            try git.write("torn", to: file)
            try git.remove("b/.git/refs/fetched")
            try await world.fetch("b")
        }
    }
}

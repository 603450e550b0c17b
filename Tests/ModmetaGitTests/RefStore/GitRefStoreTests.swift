import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaGit

/// Documents in a ref of a Git repository: real git, a directory as the host.
@Suite(.serialized) struct GitRefStoreTests {
    /// A host's repository and the directories of those who use it.
    private struct World: Sendable {
        let git: HermeticGit
        let host: String

        init(_ git: HermeticGit) async throws {
            self.git = git
            host = try await git.makeRepository("host.git", "--bare")
        }

        /// A store as another repository, or another process, has it.
        func store(_ name: String, pins: Bool = false) throws -> GitRefStore {
            _ = try DirectoryPath(git.path(name)).make()
            return GitRefStore(
                GitRefStore.Place(url: host, stateDirectory: git.path(name), pinsPayloads: pins),
                retry: RetryPolicy(attempts: 2, sleep: { _ in }))
        }

        func hostFiles(_ ref: String = RefRemote.hiddenRef) async throws -> [String] {
            try await git.run("ls-tree", "-r", "--name-only", ref, in: "host.git").split(separator: "\n").map(
                String.init)
        }
    }

    private static func withWorld(_ body: (World) async throws -> Void) async throws {
        try await HermeticGit.withTemporary { git in try await body(try await World(git)) }
    }

    private static func manifest(_ number: Int) -> ObjectKey { .manifest(ObjectID(SHA256.hash([UInt8(number)]))) }

    @Test(arguments: ObjectStoreContract.Obligation.allCases)
    func contract(_ obligation: ObjectStoreContract.Obligation) async throws {
        // Every swap is a push of its own, and 120 of them take long; `swapsRace` has fewer.
        let long: [ObjectStoreContract.Obligation] = [.writersOfManyKeys, .readersSeeWholeObjects, .formatRace]
        guard !long.contains(obligation) else { return }
        try await Self.withWorld { world in
            try await ObjectStoreContract { try world.store("local") }.check(obligation)
        }
    }

    @Test func documentsArriveAtTheHostBeforePutReturns() async throws {
        try await Self.withWorld { world in
            let store = try world.store("local")
            #expect(try await store.put(Self.manifest(1), .bytes([1, 2])) == .created)
            #expect(try await world.hostFiles() == [Self.manifest(1).path])
            let other = try world.store("other")
            #expect(try await other.read(Self.manifest(1), limit: 2) == [1, 2])
            #expect(try await other.put(Self.manifest(1), .bytes([9])) == .existed)
            // Nothing appears among the refs of anybody's repository.
            let refs = try await world.git.run("for-each-ref", "--format=%(refname)", in: "host.git")
            #expect(refs == RefRemote.hiddenRef)
        }
    }

    /// Each small object asks for a manifest that is not there, and for those of what it may resemble.
    @Test func whatIsNotThereCostsNoGit() async throws {
        try await Self.withWorld { world in
            let store = try world.store("local")
            _ = try await store.put(Self.manifest(1), .bytes([1]))
            #expect(try await store.size(of: Self.manifest(2)) == nil)
            // The objects are out of reach now, so that git could not answer.
            let mirror = world.git.path("local/manifests.git/objects")
            #expect(rename(mirror, mirror + "-away") == 0)
            for number in 2..<50 { #expect(try await store.size(of: Self.manifest(number)) == nil) }
            #expect(rename(mirror + "-away", mirror) == 0)
            // What others of this machine push is seen.
            let beside = try world.store("local")
            _ = try await beside.put(Self.manifest(2), .bytes([2, 2]))
            #expect(try await store.size(of: Self.manifest(2)) == 2)
            #expect(try await store.size(of: Self.manifest(1)) == 1)
            try await beside.delete(Self.manifest(1))
            #expect(try await store.size(of: Self.manifest(1)) == nil)
        }
    }

    @Test func swapsRace() async throws {
        try await Self.withWorld { world in
            let stores = try (0..<6).map { try world.store("local\($0 % 3)") }
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for (index, store) in stores.enumerated() {
                    group.addTask { try await store.compareAndSwapFormat(expected: nil, new: [UInt8(index)]) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
        }
    }

    @Test func sketchesGoWithTheNextManifest() async throws {
        try await Self.withWorld { world in
            let store = try world.store("local")
            let sketch = ObjectKey.sketch(SHA256.hash([5]))
            #expect(try await store.put(sketch, .bytes([5])) == .created)
            #expect(try await store.read(sketch, limit: 1) == [5])
            await #expect(throws: HermeticGit.Failure.self) { try await world.hostFiles() }
            _ = try await store.put(Self.manifest(1), .bytes([1]))
            #expect(Set(try await world.hostFiles()) == [sketch.path, Self.manifest(1).path])
        }
    }

    @Test func whoIsOvertakenPushesOnTop() async throws {
        try await Self.withWorld { world in
            let first = try world.store("first")
            let second = try world.store("second")
            _ = try await first.put(Self.manifest(1), .bytes([1]))
            _ = try await second.put(Self.manifest(2), .bytes([2]))
            // The first does not know of the second's push.
            #expect(try await first.put(Self.manifest(3), .bytes([3])) == .created)
            #expect(try await world.hostFiles().count == 3)
            let count = try await world.git.run("rev-list", "--count", RefRemote.hiddenRef, in: "host.git")
            #expect(count == "3")
        }
    }

    @Test func ofTwoManifestsTheSmallerBlobNameWinsWhoeverIsFirst() async throws {
        for order in [[0, 1], [1, 0]] {
            try await Self.withWorld { world in
                let contents: [[UInt8]] = [[1], [2]]
                var names: [String] = []
                for content in contents {
                    let text = String(decoding: content, as: UTF8.self)
                    names.append(try await world.git.run("hash-object", "--stdin", in: "host.git", input: text))
                }
                let winner = names[0] < names[1] ? contents[0] : contents[1]
                let stores = [try world.store("first"), try world.store("second")]
                // Both look before either pushes.
                for store in stores { #expect(try await store.size(of: Self.manifest(1)) == nil) }
                for index in order {
                    let outcome = try await stores[index].put(Self.manifest(1), .bytes(contents[index]))
                    let isLost = index == order[1] && contents[index] != winner
                    #expect(outcome == (isLost ? .existed : .created))
                }
                #expect(try await world.store("third").read(Self.manifest(1), limit: 1) == winner)
            }
        }
    }

    @Test func manyDocumentsTakeFewPushes() async throws {
        try await Self.withWorld { world in
            // Eight stores on one directory are eight agents of one repository.
            let agents = try (0..<8).map { _ in try world.store("local") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let outcome = try await agents[number % 8].put(Self.manifest(number), .bytes([UInt8(number)]))
                        #expect(outcome == .created)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.hostFiles().count == 64)
            let pushes = try #require(
                Int(try await world.git.run("rev-list", "--count", RefRemote.hiddenRef, in: "host.git")))
            #expect(pushes <= 24, "\(pushes) pushes for 64 documents")
            #expect(try PendingDocuments(directory: await agents[0].pending.directory).paths().isEmpty)
        }
    }

    @Test func hostThatRefusesTheRefGetsABranch() async throws {
        try await Self.withWorld { world in
            try world.git.write(
                "#!/bin/sh\ncase $1 in refs/heads/*) ;; *) exit 1 ;; esac\n", to: "host.git/hooks/update")
            try makeExecutable(world.git.path("host.git/hooks/update"))
            _ = try await world.store("local").put(Self.manifest(1), .bytes([1]))
            #expect(try await world.hostFiles(RefRemote.branch).count == 1)
            let other = try world.store("other")
            #expect(try await other.put(Self.manifest(2), .bytes([2])) == .created)
            #expect(try await world.hostFiles(RefRemote.branch).count == 2)
        }
    }

    @Test func hostThatRefusesEverythingIsQuoted() async throws {
        try await Self.withWorld { world in
            try world.git.write("#!/bin/sh\necho no manifests please >&2\nexit 1\n", to: "host.git/hooks/pre-receive")
            try makeExecutable(world.git.path("host.git/hooks/pre-receive"))
            let store = try world.store("local")
            let error = await #expect(throws: StoreError.self) { try await store.put(Self.manifest(1), .bytes([1])) }
            #expect(error?.code == .denied && error?.message.contains("pre-receive hook declined") == true)
            #expect(try await store.pending.paths().isEmpty)
            #expect(try await store.size(of: Self.manifest(1)) == nil)
        }
    }

    @Test func hostWithoutRepositoryIsReadAsEmpty() async throws {
        try await Self.withWorld { world in
            try world.git.remove("host.git")
            let store = try world.store("local")
            #expect(try await store.size(of: Self.manifest(1)) == nil)
            let error = await #expect(throws: StoreError.self) { try await store.put(Self.manifest(1), .bytes([1])) }
            #expect(error?.code == .noStore && error?.message.contains("modmeta.manifestsUrl") == true)
        }
    }

    @Test func refThatWasDeletedIsForgotten() async throws {
        try await Self.withWorld { world in
            let store = try world.store("local")
            _ = try await store.put(Self.manifest(1), .bytes([1]))
            try await world.git.run("update-ref", "-d", RefRemote.hiddenRef, in: "host.git")
            try await store.delete(Self.manifest(1))
            #expect(try await store.size(of: Self.manifest(1)) == nil)
            #expect(try await store.put(Self.manifest(2), .bytes([2])) == .created)
            #expect(try await world.hostFiles().count == 1)
        }
    }

    @Test func pinnedPayloadsHavePointers() async throws {
        try await Self.withWorld { world in
            let payload = PayloadID(SHA256.hash([7]))
            let entry = Manifest.Entry(
                payload: payload, payloadLength: 5, chunk: ChunkID(payload.digest), rawLength: 5, encoding: .raw)
            let object = ObjectID(SHA256.hash([9]))
            let manifest = Manifest(
                object: object, layout: Layout(format: .opaque, size: 5, tensors: []), entries: [entry], chunks: [0])
            _ = try await world.store("local", pins: true).put(.manifest(object), .bytes(manifest.serialized()))
            let path = "modmeta/pins/\(payload.hex.prefix(2))/\(payload.hex.dropFirst(2).prefix(2))/\(payload.hex)"
            let text = try await world.git.run("cat-file", "blob", "\(RefRemote.hiddenRef):\(path)", in: "host.git")
            #expect(try LFSPointer(parsing: Array("\(text)\n".utf8)).object.digest == payload.digest)
        }
    }
}

import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@Suite struct LocalStoreTests {
    let directory: TemporaryDirectory
    let store: LocalStore

    init() async throws {
        directory = try TemporaryDirectory()
        store = try await LocalStore.create(at: directory.path("store"))
    }

    private func file(_ key: ObjectKey) -> String { "store/\(key.path)" }

    @Test func leftoversAreNeverVisible() async throws {
        let bytes = ObjectStoreContract.bytes(100, seed: 1)
        let key = ObjectStoreContract.key(bytes)
        try directory.write("store/modmeta/tmp/1-abc", Array(bytes.prefix(50)))
        #expect(try await store.size(of: key) == nil)
        try await store.list(.objects) { Issue.record("listed \($0.digest)") }
        #expect(try await store.put(key, .bytes(bytes)) == .created)
        #expect(try await store.foreignFiles().isEmpty)
    }

    @Test func oldLeftoversAreSweptAtOpening() async throws {
        try directory.write("store/modmeta/tmp/1-old", [1])
        try directory.write("store/modmeta/tmp/1-young", [1])
        try directory.age("store/modmeta/tmp/1-old", seconds: 25 * 60 * 60)
        try directory.age("store/modmeta/tmp/1-young", seconds: 23 * 60 * 60)
        _ = try await LocalStore.open(at: store.path)
        #expect(try directory.names("store/modmeta/tmp") == ["1-young"])
    }

    @Test func failedPutLeavesNothing() async throws {
        let key = ObjectStoreContract.key([1])
        // A directory in the object's place makes the last step fail.
        try directory.make(file(key))
        await #expect(throws: StoreError.self) { try await store.put(key, .bytes([1])) }
        #expect(try directory.names("store/modmeta/tmp").isEmpty)
    }

    @Test func zeroedFileIsHealed() async throws {
        let bytes = ObjectStoreContract.bytes(5000, seed: 2)
        let key = ObjectStoreContract.key(bytes)
        _ = try await store.put(key, .bytes(bytes))
        try directory.write(file(key), [])
        #expect(try await store.put(key, .bytes(bytes)) == .created)
        #expect(try await store.read(key, limit: 5000) == bytes)
    }

    @Test func manyWritersHealOneTornFile() async throws {
        for round in 0..<10 {
            let bytes = ObjectStoreContract.bytes(50_000 + round, seed: 3)
            let key = ObjectStoreContract.key(bytes)
            _ = try await store.put(key, .bytes(bytes))
            try directory.write(file(key), Array(bytes.prefix(1234)))
            // Each with a store of its own, as processes have.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { _ = try await LocalStore.open(at: store.path).put(key, .bytes(bytes)) }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read(key, limit: bytes.count) == bytes)
        }
        #expect(try directory.names("store/modmeta/tmp").isEmpty)
    }

    /// Nobody who may write to a store can have others write, read or delete elsewhere.
    @Test(arguments: ["lfs", "lfs/objects", "lfs/objects/<1>", "lfs/objects/<1>/<2>", "modmeta", "modmeta/tmp"])
    func linkInPlaceOfADirectoryLeadsNowhere(_ place: String) async throws {
        let bytes = ObjectStoreContract.bytes(100, seed: 8)
        let key = ObjectStoreContract.key(bytes)
        let parts = key.path.split(separator: "/")
        let name = "store/" + place.replacing("<1>", with: parts[2]).replacing("<2>", with: parts[3])
        if place.hasPrefix("lfs") { _ = try await store.put(key, .bytes(bytes)) }
        let outside = directory.path("outside")
        #expect(rename(directory.path(name), outside) == 0)
        #expect(symlink(outside, directory.path(name)) == 0)
        let before = try directory.names("outside")
        await #expect(throws: StoreError.self) { try await store.put(key, .bytes(bytes)) }
        if place.hasPrefix("lfs") {
            await #expect(throws: StoreError.self) { try await store.read(key, limit: 100) }
            await #expect(throws: StoreError.self) { try await store.size(of: key) }
            await #expect(throws: StoreError.self) { try await store.delete(key) }
            do { try await store.list(.objects) { _ in Issue.record("listed what lies outside") } } catch is StoreError
            {}
        }
        #expect(try directory.names("outside") == before)
    }

    @Test func symbolicLinkIsNotFollowed() async throws {
        let key = ObjectStoreContract.key([1])
        _ = try await store.put(key, .bytes([1]))
        try directory.write("secret", [1])
        #expect(unlink(directory.path(file(key))) == 0)
        #expect(symlink(directory.path("secret"), directory.path(file(key))) == 0)
        for operation in [
            { _ = try await store.read(key, limit: 10) }, { _ = try await store.read(key, range: 0..<1) },
            { _ = try await store.size(of: key) }, { _ = try await store.put(key, .bytes([1])) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: StoreError.self) { try await operation() }
            #expect(error?.code == .corrupt)
        }
        try await store.list(.objects) { Issue.record("listed \($0.digest)") }
    }

    @Test func pipeDoesNotHoldReadersUp() async throws {
        let key = ObjectStoreContract.key([1])
        _ = try await store.put(key, .bytes([1]))
        #expect(unlink(directory.path(file(key))) == 0)
        #expect(mkfifo(directory.path(file(key)), 0o600) == 0)
        let error = await #expect(throws: StoreError.self) { try await store.read(key, limit: 10) }
        #expect(error?.code == .corrupt)
    }

    @Test func foreignNamesArePassedOverAndReported() async throws {
        let key = ObjectStoreContract.key([1])
        _ = try await store.put(key, .bytes([1]))
        let digest = try #require(Digest(hex: key.path.suffix(64)))
        let foreign = [
            "lfs/objects/ab/cd/notes.txt", "lfs/objects/ab/cd/\(digest.hex)", "lfs/objects/stray", "lfs/objects/AB/x",
            "modmeta/index/README", "modmeta/manifests/ab/cd/\(digest.hex)", "modmeta/cache",
        ]
        for name in ["lfs/objects/ab/cd", "lfs/objects/AB", "modmeta/manifests/ab/cd"] {
            try directory.make("store/\(name)")
        }
        for name in foreign { try directory.write("store/\(name)", [0]) }
        var listed: [Digest] = []
        for family in ObjectFamily.allCases { try await store.list(family) { listed.append($0.digest) } }
        #expect(listed == [digest])
        let expected = foreign.map { $0 == "lfs/objects/AB/x" ? "lfs/objects/AB" : $0 }.sorted()
        #expect(try await store.foreignFiles() == expected)
    }

    @Test func objectsCannotBeWrittenTo() async throws {
        let key = ObjectStoreContract.key([1])
        _ = try await store.put(key, .bytes([1]))
        #expect(try directory.mode(file(key)) & 0o333 == 0)
    }

    @Test func sharedStoreStaysShared() async throws {
        try directory.make("team", mode: 0o2770)
        let shared = try await LocalStore.create(at: directory.path("team"))
        let key = ObjectStoreContract.key([1])
        _ = try await shared.put(key, .bytes([1]))
        let parts = key.path.split(separator: "/")
        for depth in 1..<parts.count {
            let name = parts.prefix(depth).joined(separator: "/")
            #expect(try directory.mode("team/\(name)") == 0o2770, "\(name)")
        }
        #expect(try directory.mode("team/\(key.path)") == 0o440)
        #expect(try directory.mode("team/modmeta/format") == 0o660)
        #expect(try directory.mode("team/modmeta/format.lock") == 0o660)
        let config = String(decoding: try directory.contents("team/config"), as: UTF8.self)
        #expect(config.contains("sharedRepository = group"))
    }

    @Test func lostTemporaryDirectoryIsMadeAgain() async throws {
        #expect(rmdir(directory.path("store/modmeta/tmp")) == 0)
        #expect(try await store.put(ObjectStoreContract.key([1]), .bytes([1])) == .created)
    }

    @Test func storeThatIsGoneIsNotMadeAgain() async throws {
        #expect(rename(store.path, directory.path("elsewhere")) == 0)
        let error = await #expect(throws: StoreError.self) {
            try await store.put(ObjectStoreContract.key([1]), .bytes([1]))
        }
        #expect(error?.code == .noStore)
        #expect(try directory.names("") == ["elsewhere"])
    }

    @Test func fileThatShrinksIsRefused() async throws {
        // /proc/self/maps says it has no bytes, and has some: the nearest thing to a file that changes at will.
        let key = ObjectStoreContract.key([])
        #expect(try await store.put(key, .file(path: "/proc/self/maps")) == .created)
        #expect(try await store.size(of: key) == 0)
    }
}

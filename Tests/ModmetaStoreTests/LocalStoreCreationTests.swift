import Foundation
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@Suite struct LocalStoreCreationTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: GitObjectFormat.allCases)
    func stockGitReadsAndWritesIt(_ format: GitObjectFormat) async throws {
        let store = try await LocalStore.create(at: directory.path("store"), objectFormat: format)
        #expect(try git(["rev-parse", "--is-bare-repository"], in: store.path) == "true")
        #expect(try git(["rev-parse", "--show-object-format"], in: store.path) == format.rawValue)
        #expect(try git(["symbolic-ref", "HEAD"], in: store.path) == "refs/heads/main")
        _ = try git(["init", "-q", "--object-format=\(format.rawValue)", "-b", "main", "work"], in: directory.path)
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        _ = try git(identity + ["commit", "-q", "--allow-empty", "-m", "one"], in: directory.path("work"))
        _ = try git(["push", "-q", store.path, "main"], in: directory.path("work"))
        _ = try git(["clone", "-q", store.path, "copy"], in: directory.path)
        #expect(try git(["log", "--format=%s"], in: directory.path("copy")) == "one")
        _ = try git(["fsck", "--strict"], in: store.path)
    }

    @Test func absentParentsAreMade() async throws {
        let store = try await LocalStore.create(at: directory.path("a/b/store") + "/")
        #expect(store.path == directory.path("a/b/store"))
        #expect(try directory.names("a/b") == ["store"])
    }

    @Test func creatingTwiceOpensTheFirst() async throws {
        let first = try await LocalStore.create(at: directory.path("store")).format()
        let second = try await LocalStore.create(at: directory.path("store")).format()
        #expect(first == second)
    }

    @Test(arguments: [false, true])
    func racingMakersAgree(isEmptyDirectoryThere: Bool) async throws {
        for round in 0..<5 {
            let path = directory.path("store-\(round)")
            if isEmptyDirectoryThere { try directory.make("store-\(round)") }
            let ids = try await withThrowingTaskGroup(of: StoreFormat.ID.self) { group in
                for _ in 0..<8 { group.addTask { try await LocalStore.create(at: path).format().id } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
        #expect(try directory.names("").allSatisfy { $0.hasPrefix("store-") })
    }

    @Test func emptyDirectoryKeepsItsMode() async throws {
        try directory.make("store", mode: 0o750)
        _ = try await LocalStore.create(at: directory.path("store"))
        #expect(try directory.mode("store") == 0o750)
    }

    @Test func bareRepositoryIsAdopted() async throws {
        _ = try git(["init", "-q", "--bare", "-b", "trunk", "store"], in: directory.path)
        let error = await #expect(throws: StoreError.self) { try await LocalStore.open(at: directory.path("store")) }
        #expect(error?.code == .noStore)
        let before = try git(["config", "--list", "--local"], in: directory.path("store"))
        _ = try await LocalStore.create(at: directory.path("store"))
        #expect(try git(["config", "--list", "--local"], in: directory.path("store")) == before)
        #expect(try git(["symbolic-ref", "HEAD"], in: directory.path("store")) == "refs/heads/trunk")
    }

    @Test func makerThatDiedIsFinishedByTheNext() async throws {
        try directory.make("store/modmeta/tmp")
        try directory.make("store/objects/info")
        try directory.write("store/config", Array("[core]\n\tbare = true\n".utf8))
        let store = try await LocalStore.create(at: directory.path("store"))
        #expect(try git(["rev-parse", "--is-bare-repository"], in: store.path) == "true")
    }

    @Test func strangersDirectoryIsRefused() async throws {
        try directory.make("home")
        try directory.write("home/thesis.txt", [1])
        let error = await #expect(throws: StoreError.self) { try await LocalStore.create(at: directory.path("home")) }
        #expect(error?.code == .denied)
        #expect(try directory.names("home") == ["thesis.txt"])
        try directory.write("file", [1])
        await #expect(throws: StoreError.self) { try await LocalStore.create(at: directory.path("file")) }
    }

    @Test func openingNeverCreates() async throws {
        for name in ["absent", "empty"] {
            if name == "empty" { try directory.make(name) }
            let error = await #expect(throws: StoreError.self) { try await LocalStore.open(at: directory.path(name)) }
            #expect(error?.code == .noStore)
        }
        #expect(try directory.names("") == ["empty"])
        #expect(try directory.names("empty").isEmpty)
    }

    @Test func unknownVersionIsRefused() async throws {
        let store = try await LocalStore.create(at: directory.path("store"))
        try directory.write("store/modmeta/format", Array("version 2\nwhatever\n".utf8))
        for operation in [LocalStore.open(at:), { try await LocalStore.create(at: $0) }] {
            let error = await #expect(throws: StoreError.self) { try await operation(store.path) }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("version 2") == true)
        }
    }

    @Test(arguments: ["relative/path", "", "/nul\0byte"])
    func unusablePathIsRefused(_ path: String) async throws {
        let error = await #expect(throws: StoreError.self) { try await LocalStore.create(at: path) }
        #expect(error?.code == .invalidURL)
    }

    private func git(_ arguments: [String], in path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin", "HOME": directory.path,
            "GIT_CONFIG_NOSYSTEM": "1",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments)")
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

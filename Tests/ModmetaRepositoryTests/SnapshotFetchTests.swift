import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaSnapshots
import ModmetaStore
import ModmetaSystem
import Synchronization
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct SnapshotFetchTests {
    /// A repository with the snapshot v1 of weights and a configuration, whose store has the weights whole.
    private func withSnapshot(_ body: (TestRepository, SnapshotDocument) async throws -> Void) async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/sub/model.safetensors")
            try repository.write("{}\n", to: "run/config.json")
            let document = try await repository.snapshot("v1", "run")
            let bytes = try repository.bytes(of: "run/sub/model.safetensors")
            let store = try await repository.makeStore()
            _ = try await store.put(.object(ObjectID(SHA256.hash(bytes))), .bytes(bytes))
            try await body(repository, document)
        }
    }

    private func plan(
        _ repository: TestRepository, _ document: SnapshotDocument, tensors: [String] = []
    ) async throws -> (FetchPlan, FetchSource) {
        let source = try await FetchSource(of: repository.snapshots())
        return (try await FetchPlan(of: document, from: source, tensors: tensors), source)
    }

    /// All files below a directory, with their paths.
    private func files(in directory: String) throws -> [String] {
        try Checkpoint(paths: [directory]).files.map(\.name)
    }

    @Test(arguments: [true, false])
    func `files come from the clone or from the store, and are proved`(_ isLocal: Bool) async throws {
        try await withSnapshot { repository, document in
            if !isLocal { try repository.git.remove("\(repository.path)/.git/lfs/objects") }
            let (plan, source) = try await plan(repository, document)
            #expect(plan.files.map(\.name).sorted() == ["config.json", "sub/model.safetensors"])
            #expect(plan.tensorCount == nil && plan.chunkBytes == nil)
            let out = repository.git.path("out")
            let fetch = try SnapshotFetch(plan, from: source, into: out)
            let last = Mutex<[UInt64]>([])
            try await fetch.transfer { done, total in last.withLock { $0 = [done, total] } }
            let size = plan.files.reduce(0) { $0 + $1.size }
            #expect(last.withLock { $0 } == [size, size])
            try await fetch.prove()
            fetch.finish()
            #expect(try files(in: out) == ["config.json", "sub/model.safetensors"])
            #expect(
                try WorkFile.bytes(of: "\(out)/sub/model.safetensors")
                    == repository.bytes(of: "run/sub/model.safetensors"))
        }
    }

    @Test func `what is there already stays, and is no reason to fail if it is the same`() async throws {
        try await withSnapshot { repository, document in
            let out = repository.git.path("out")
            try repository.git.write("{}\n", to: "out/config.json")
            let (plan, source) = try await plan(repository, document)
            let fetch = try SnapshotFetch(plan, from: source, into: out)
            try await fetch.transfer()
            try await fetch.prove()
            fetch.finish()
            try repository.git.write("mine\n", to: "out/config.json")
            let again = try SnapshotFetch(plan, from: source, into: out)
            let error = await #expect(throws: RepositoryError.self) { try await again.transfer() }
            #expect(error?.kind == .input)
            #expect(try WorkFile.bytes(of: "\(out)/config.json") == Array("mine\n".utf8))
        }
    }

    @Test func `files that are not the snapshot go again, those of somebody else do not`() async throws {
        try await withSnapshot { repository, document in
            let out = repository.git.path("out")
            try repository.git.write("{}\n", to: "out/config.json")
            let (plan, source) = try await plan(repository, document)
            let fetch = try SnapshotFetch(plan, from: source, into: out)
            try await fetch.transfer()
            try repository.git.write("changed", to: "out/sub/model.safetensors")
            let error = await #expect(throws: RepositoryError.self) { try await fetch.prove() }
            #expect(error?.kind == .finding)
            fetch.finish()
            #expect(try files(in: out) == ["config.json"])
        }
    }

    @Test func `chosen tensors are counted, and written to a file of their own`() async throws {
        try await withSnapshot { repository, document in
            let (plan, source) = try await plan(repository, document, tensors: ["w*"])
            #expect(plan.files == [.init(name: "sub/model.safetensors", size: 4096)])
            #expect(plan.tensorCount == 1)
            #expect((plan.chunkBytes ?? 0) >= 4096)
            let out = repository.git.path("out")
            let fetch = try SnapshotFetch(plan, from: source, into: out)
            try await fetch.transfer()
            fetch.finish()
            let written = try WorkFile.bytes(of: "\(out)/sub/model.safetensors")
            let whole = try repository.bytes(of: "run/sub/model.safetensors")
            #expect(written.suffix(4096) == whole.suffix(4096))
        }
    }

    @Test func `patterns that choose no tensor are an error, and make no directory`() async throws {
        try await withSnapshot { repository, document in
            let error = await #expect(throws: RepositoryError.self) {
                _ = try await plan(repository, document, tensors: ["x.*"])
            }
            #expect(error?.kind == .input)
        }
    }

    @Test func `a snapshot that was only written down is in no commit to fetch from`() async throws {
        try await withSnapshot { repository, _ in
            let written = try await repository.snapshot("v2", "run") { $0.isCommitted = false }
            await #expect(throws: RepositoryError.self) { _ = try await plan(repository, written) }
        }
    }
}

@Suite struct FetchProgressTests {
    private func readings(of sizes: [UInt64], _ body: (FetchProgress) -> Void) -> [[UInt64]] {
        let readings = Mutex<[[UInt64]]>([])
        body(FetchProgress(sizes: sizes) { done, total in readings.withLock { $0.append([done, total]) } })
        return readings.withLock { $0 }
    }

    @Test func `files count once, and those that were there not at all`() {
        let readings = readings(of: [100, 50, 30]) { progress in
            progress.reached(60, of: 0)
            progress.reached(20, of: 1)
            // A download that begins anew.
            progress.reached(10, of: 0)
            progress.found(50, at: 1)
            progress.found(30, at: 2)
            progress.reached(100, of: 0)
        }
        #expect(readings == [[0, 180], [60, 180], [80, 180], [30, 180], [10, 130], [10, 100], [100, 100]])
    }

    @Test func `sizes that pointers make up do not overflow`() {
        #expect(readings(of: [.max, 5]) { $0.found(.max, at: 0) } == [[0, .max], [0, 0]])
    }
}

import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Testing

/// Raw chunks in the place of payloads that are lost or damaged.
@Suite struct StandInTests {
    /// What happens to a payload.
    enum Damage: CaseIterable {
        case lost, flipped, cutShort
    }

    /// Four versions in a store, each coded against the one before, and who pushed them.
    private struct Versions {
        let store = MemoryStore()
        let owner: Workbench
        var files: [[UInt8]] = []
        var objects: [ObjectID] = []

        init() async throws {
            owner = try Workbench(store: store)
            _ = try await store.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
            var checkpoint = SyntheticCheckpoint(seed: 3, shapes: [("a.weight", 400, 512), ("b.weight", 300, 512)])
            for _ in 0..<4 {
                files.append(checkpoint.file())
                objects.append(try await owner.push(checkpoint.file(), after: objects.suffix(1)))
                checkpoint.train()
            }
        }

        /// A payload that is no delta and that all versions need.
        func root() async throws -> PayloadID {
            var common: Set<PayloadID>?
            for object in objects {
                let entries = try await owner.manifest(of: object).entries.filter { $0.encoding != .raw }
                common = (common ?? Set(entries.map(\.payload))).intersection(entries.map(\.payload))
            }
            let first = try await owner.manifest(of: objects[0]).entries
            return try #require(
                first.filter { common?.contains($0.payload) == true }.max { $0.rawLength < $1.rawLength }?.payload)
        }

        func harm(_ payload: PayloadID, _ damage: Damage) async throws {
            let key = ObjectKey.payload(payload)
            var bytes = try await store.read(key, limit: 1 << 26)
            try await store.delete(key)
            switch damage {
            case .lost: return
            case .flipped: bytes[bytes.count / 2] ^= 4
            case .cutShort: bytes.removeLast(5)
            }
            _ = try await store.put(key, .bytes(bytes))
        }

        /// Repairs from copies of some of the versions.
        func repair(with versions: [Int], isQuick: Bool = false) async throws -> RepairReport {
            let clone = try Workbench(store: store)
            for version in versions { _ = try clone.add(files[version]) }
            let copies = try FileCopies(places: [{ clone.path(of: $0) }], paths: [])
            return try await StoreRepair(store, from: [copies]) { try Manifest(parsing: $0) }.run(isQuick: isQuick)
        }

        func audit() async throws -> AuditReport {
            try await StoreAudit(store: store) { try Manifest(parsing: $0) }.verify()
        }

        /// Whether somebody who has nothing gets every version, bit by bit.
        func areAllFetched() async throws -> Bool {
            for (object, file) in zip(objects, files) {
                if try await Workbench(store: store).fetch(object, size: file.count) != file { return false }
            }
            return true
        }
    }

    @Test("one lost payload takes no later version with it", arguments: Damage.allCases)
    func repairFromTheFirstVersion(_ damage: Damage) async throws {
        let versions = try await Versions()
        try await versions.harm(versions.root(), damage)
        let harms = try await Set(versions.audit().findings.flatMap(\.harms))
        #expect(harms == Set(versions.objects))
        await #expect(throws: TransferError.self) { try await versions.areAllFetched() }

        let report = try await versions.repair(with: [0])
        #expect(report.isComplete)
        #expect(report.stored.count == report.lost)
        #expect(Set(report.mended) == Set(versions.objects))
        #expect(try await versions.areAllFetched())
        let audit = try await versions.audit()
        #expect(audit.isClean)
        #expect(audit.standingIn == [.payload(try await versions.root())])
        // Nothing is left to do.
        #expect(try await versions.repair(with: [0]).lost == 0)
    }

    @Test func `a version of which only later ones are here mends what it has`() async throws {
        let versions = try await Versions()
        try await versions.harm(versions.root(), .lost)
        let report = try await versions.repair(with: [3])
        #expect(!report.isComplete)
        #expect(report.mended.contains(versions.objects[3]))
        #expect(report.harmed.contains(versions.objects[0]))
        let fetched = try await Workbench(store: versions.store)
            .fetch(versions.objects[3], size: versions.files[3].count)
        #expect(fetched == versions.files[3])
    }

    @Test func `what is no copy of the version mends nothing`() async throws {
        let versions = try await Versions()
        try await versions.harm(versions.root(), .lost)
        let clone = try TemporaryDirectory()
        var wrong = versions.files[0]
        for index in wrong.indices { wrong[index] ^= 1 }
        try write(wrong, to: clone.path("wrong"))
        let copies = try FileCopies(places: [], paths: [clone.path])
        let report = try await StoreRepair(versions.store, from: [copies]) { try Manifest(parsing: $0) }.run()
        #expect(report.stored.count == 0)
        #expect(report.harmed.count == versions.objects.count)
    }

    @Test func `a file of any name is a copy`() async throws {
        let versions = try await Versions()
        try await versions.harm(versions.root(), .lost)
        let clone = try TemporaryDirectory()
        mkdir(clone.path("deep"), 0o777)
        try write(versions.files[0], to: clone.path("deep/model.bin"))
        let copies = try FileCopies(places: [], paths: [clone.path])
        #expect(try await StoreRepair(versions.store, from: [copies]) { try Manifest(parsing: $0) }.run().isComplete)
        #expect(try await versions.areAllFetched())
    }

    @Test func `a collection keeps what stands in, and a push counts it`() async throws {
        let versions = try await Versions()
        try await versions.harm(versions.root(), .lost)
        _ = try await versions.repair(with: [0])
        let live = ListedObjects(Set(versions.objects))
        _ = try await Collector(store: versions.store, live: live, grace: 0) { try Manifest(parsing: $0) }.collect()
        #expect(try await versions.areAllFetched())
        for (object, file) in zip(versions.objects, versions.files) {
            #expect(try await versions.owner.context().canRebuild(object, size: UInt64(file.count)))
        }
    }

    @Test func `a stand-in whose bytes are wrong is not believed, and is mended`() async throws {
        let versions = try await Versions()
        let root = try await versions.root()
        try await versions.harm(root, .lost)
        _ = try await versions.repair(with: [0])
        let entry = try #require(
            try await versions.owner.manifest(of: versions.objects[0]).entries.first { $0.payload == root })
        var bytes = try await versions.store.read(.standIn(entry.chunk), limit: 1 << 26)
        bytes[7] ^= 1
        try await versions.store.delete(.standIn(entry.chunk))
        _ = try await versions.store.put(.standIn(entry.chunk), .bytes(bytes))
        await #expect(throws: TransferError.self) { try await versions.areAllFetched() }
        #expect(try await !versions.audit().isClean)
        #expect(try await versions.repair(with: [0]).isComplete)
        #expect(try await versions.areAllFetched())
    }

    @Test func `a quick repair mends what is gone`() async throws {
        let versions = try await Versions()
        try await versions.harm(versions.root(), .lost)
        #expect(try await versions.repair(with: [1], isQuick: true).lost == 1)
        #expect(try await versions.repair(with: [0], isQuick: true).isComplete)
        #expect(try await versions.areAllFetched())
    }
}

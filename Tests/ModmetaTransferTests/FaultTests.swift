import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Synchronization
import Testing

/// A store that fails after a number of payloads, and counts what it is given.
final class FailingStore: ForwardingStore {
    let inner = MemoryStore()
    private let state: Mutex<(left: Int, puts: Int)>

    init(failingAfter puts: Int) { state = Mutex((puts, 0)) }

    var puts: Int { state.withLock { $0.puts } }
    func heal() { state.withLock { $0 = (Int.max, 0) } }

    func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        try state.withLock { state in
            guard state.left > 0 else { throw StoreError(.unavailable, "the line is dead") }
            state.left -= 1
        }
        let outcome = try await inner.put(key, content)
        if outcome == .created { state.withLock { $0.puts += 1 } }
        return outcome
    }
}

@Suite struct FaultTests {
    @Test func anInterruptedUploadGoesOn() async throws {
        let store = FailingStore(failingAfter: 2)
        let bench = try Workbench(store: store)
        let file = SyntheticCheckpoint.model().file()
        await #expect(throws: StoreError.self) { try await bench.push(file) }
        let object = ObjectID(SHA256.hash(file))
        #expect(try await store.size(of: .manifest(object)) == nil)
        store.heal()
        try await bench.push(file)
        let payloads = try await bench.manifest(of: object).entries.count
        // Two payloads were there; the rest, the manifest and the sketch are new.
        #expect(store.puts == payloads - 2 + 2)
        #expect(try await bench.fetch(object, size: file.count) == file)
    }

    @Test func aChangedFileIsNotPublished() async throws {
        let bench = try Workbench()
        var file = SyntheticCheckpoint.model().file()
        let object = try bench.add(file)
        file[file.count - 100] ^= 1
        try write(file, to: bench.path(of: object))
        let error = await #expect(throws: TransferError.self) {
            try await Uploader(context: bench.context(), history: nil)
                .upload(object, size: UInt64(file.count), path: bench.path(of: object)) { _ in }
        }
        #expect(error?.code == .changed)
        #expect(try await bench.store.size(of: .manifest(object)) == nil)
    }

    @Test func aDamagedPayloadIsNoticed() async throws {
        let bench = try Workbench()
        let file = SyntheticCheckpoint.model().file()
        let object = try await bench.push(file)
        let payload = try await bench.manifest(of: object).entries[0].payload
        var bytes = try await bench.store.read(.payload(payload), limit: 1 << 24)
        bytes[bytes.count / 2] ^= 1
        try await bench.store.delete(.payload(payload))
        _ = try await bench.store.put(.payload(payload), .bytes(bytes))
        let error = await #expect(throws: TransferError.self) {
            try await Workbench(store: bench.store).fetch(object, size: file.count)
        }
        #expect(error?.code == .corrupt)
    }

    @Test func aMissingPayloadIsNoticedAndHealedByAPush() async throws {
        let bench = try Workbench()
        let file = SyntheticCheckpoint.model().file()
        let object = try await bench.push(file)
        let payload = try await bench.manifest(of: object).entries[0].payload
        try await bench.store.delete(.payload(payload))
        let error = await #expect(throws: TransferError.self) {
            try await Workbench(store: bench.store).fetch(object, size: file.count)
        }
        #expect(error?.code == .missing)
        try await bench.push(file)
        #expect(try await Workbench(store: bench.store).fetch(object, size: file.count) == file)
    }

    @Test func anInterruptedDownloadGoesOn() async throws {
        let bench = try Workbench()
        let file = SyntheticCheckpoint.model().file()
        let object = try await bench.push(file)
        let reader = try Workbench(store: bench.store)
        let payload = try await bench.manifest(of: object).entries[1].payload
        let bytes = try await bench.store.read(.payload(payload), limit: 1 << 24)
        try await bench.store.delete(.payload(payload))
        await #expect(throws: TransferError.self) { try await reader.fetch(object, size: file.count) }
        // What arrived is kept: the rest is enough even after the first payload is gone.
        _ = try await bench.store.put(.payload(payload), .bytes(bytes))
        let first = try await bench.manifest(of: object).entries[0].payload
        try await bench.store.delete(.payload(first))
        #expect(try await reader.fetch(object, size: file.count) == file)
    }

    @Test func aDamagedStateDatabaseIsReplaced() async throws {
        let bench = try Workbench()
        let file = SyntheticCheckpoint.model().file()
        let object = try await bench.push(file)
        try write([UInt8](repeating: 0x5a, count: 100_000), to: "\(bench.directory.path)/state.sqlite")
        #expect(try await bench.fetch(object, size: file.count) == file)
    }
}

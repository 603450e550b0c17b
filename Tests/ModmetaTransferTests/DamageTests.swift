import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Synchronization
import Testing

/// What the simulator found, each by itself.
@Suite struct DamageTests {
    /// A store in memory that changes what passes through it, as told.
    private final class TamperingStore: ForwardingStore {
        let inner = MemoryStore()
        /// How many ranges are still read with a wrong bit.
        let flips = Mutex(0)
        /// The manifest another person publishes when one is about to be deleted or replaced.
        let faster = Mutex<(object: ObjectID, bytes: [UInt8])?>(nil)

        private func publishFaster() async throws {
            guard
                let other = faster.withLock({ other in
                    defer { other = nil }
                    return other
                })
            else { return }
            try await inner.delete(.manifest(other.object))
            _ = try await inner.put(.manifest(other.object), .bytes(other.bytes))
        }

        func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
            var bytes = try await inner.read(key, range: range)
            let isFlipped = flips.withLock { flips in
                flips -= 1
                return flips >= 0
            }
            if isFlipped { bytes[bytes.count / 3] ^= 8 }
            return bytes
        }
        func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
            try await publishFaster()
            return try await inner.replaceManifest(of: object, expected: expected, new: new)
        }
        func delete(_ key: ObjectKey) async throws {
            try await publishFaster()
            try await inner.delete(key)
        }
    }

    @Test("a bit flipped on the way of a whole object is read again", arguments: [(1, true), (2, true), (9, false)])
    func wholeObjectIsReadAgain(flips: Int, succeeds: Bool) async throws {
        let store = TamperingStore()
        let bench = try Workbench(store: store)
        let file = Array("a small file that is stored whole".utf8)
        let object = try await bench.push(file)
        store.flips.withLock { $0 = flips }
        let reader = try Workbench(store: store)
        if succeeds {
            #expect(try await reader.fetch(object, size: file.count) == file)
        } else {
            let error = await #expect(throws: TransferError.self) { try await reader.fetch(object, size: file.count) }
            #expect(error?.code == .corrupt)
        }
    }

    @Test("a sound manifest that somebody published meanwhile takes the place of a torn one, and stays")
    func soundManifestIsAdopted() async throws {
        let store = TamperingStore()
        var checkpoint = SyntheticCheckpoint.model()
        let first = checkpoint.file()
        checkpoint.train()
        let second = checkpoint.file()
        // Two ways to code one object: in full, and against the version before.
        let full = try Workbench(store: store)
        let object = try await full.push(second)
        let sound = try await store.inner.read(.manifest(object), limit: 1 << 24)
        try await store.inner.delete(.manifest(object))
        _ = try await store.inner.put(.manifest(object), .bytes(Array(sound.prefix(100))))
        store.faster.withLock { $0 = (object, sound) }

        let bench = try Workbench(store: store)
        let base = try await bench.push(first)
        try await bench.push(second, after: [base])
        #expect(try await store.inner.read(.manifest(object), limit: 1 << 24) == sound)
        #expect(try await Workbench(store: store).fetch(object, size: second.count) == second)
    }

    @Test("a torn manifest is replaced")
    func tornManifestIsReplaced() async throws {
        let store = MemoryStore()
        let bench = try Workbench(store: store)
        let file = SyntheticCheckpoint.model().file()
        let object = try await bench.push(file)
        let sound = try await store.read(.manifest(object), limit: 1 << 24)
        try await store.delete(.manifest(object))
        _ = try await store.put(.manifest(object), .bytes(Array(sound.prefix(60))))
        try await bench.push(file)
        #expect(try await Workbench(store: store).fetch(object, size: file.count) == file)
    }

    @Test("a lost payload does not matter where the object is there whole")
    func wholeObjectServes() async throws {
        let store = MemoryStore()
        let bench = try Workbench(store: store)
        let file = SyntheticCheckpoint.model().file()
        let object = try bench.add(file)
        try await Uploader(context: bench.context(storesWhole: true), history: nil)
            .upload(object, size: UInt64(file.count), path: bench.path(of: object)) { _ in }
        try await store.delete(.payload(try await bench.manifest(of: object).entries[1].payload))
        #expect(try await Workbench(store: store).fetch(object, size: file.count) == file)
    }
}

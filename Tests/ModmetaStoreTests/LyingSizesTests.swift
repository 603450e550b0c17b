import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

/// Stores that name sizes no store has.
@Suite struct LyingSizesTests {
    private struct BoastfulStore: ForwardingStore {
        let inner = MemoryStore()

        func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
            try await inner.list(family) { object in
                try await visit(ListedObject(digest: object.digest, size: .max - 1, modified: object.modified))
            }
        }
    }

    private static func store() async throws -> BoastfulStore {
        let store = BoastfulStore()
        for seed in UInt8(0)..<3 {
            let bytes = ObjectStoreContract.bytes(100, seed: seed)
            _ = try await store.put(.payload(PayloadID(SHA256.hash(bytes))), .bytes(bytes))
            _ = try await store.put(.sketch(SHA256.hash(bytes)), .bytes(bytes))
        }
        return store
    }

    private static func noManifest(_ bytes: [UInt8]) throws -> Manifest {
        throw FormatError(.malformed, "no manifest", offset: 0)
    }

    @Test("sums of impossible sizes end at the greatest number")
    func sums() async throws {
        let store = try await Self.store()
        let statistics = try await StoreAudit(store: store, parseManifest: Self.noManifest).stat()
        #expect(statistics.wholeObjects.count == 3 && statistics.wholeObjects.bytes == .max)
        let report = try await StoreAudit(store: store, parseManifest: Self.noManifest).verify()
        #expect(report.bytesChecked == .max && !report.isClean)
    }

    @Test("a copy of such a store fails for each object, and does not break down")
    func copies() async throws {
        let (old, new) = (try await Self.store(), MemoryStore())
        for store in [old as any ObjectStore, new] {
            let format = StoreFormat()
            _ = try await store.compareAndSwapFormat(expected: nil, new: format.serialized())
        }
        let directory = try TemporaryDirectory()
        let report = try await StoreCopier(
            from: old, to: new, width: 2, scratch: directory.path, parseManifest: Self.noManifest
        ).copy()
        #expect(report.copied.count == 0 && report.failures.count == 6)
    }
}

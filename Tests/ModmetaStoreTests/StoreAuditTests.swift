import Foundation
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@Suite struct StoreAuditTests {
    /// Two versions in a directory: `first` of payloads a and b, `second` of payloads b and c; and one whole object.
    let directory: TemporaryDirectory
    let store: LocalStore
    let manifests: ManifestTable
    let payloads: [PayloadID]
    let first = ObjectID(SHA256.hash([1]))
    let second = ObjectID(SHA256.hash([2]))
    let whole = ObjectStoreContract.bytes(500, seed: 99)

    /// Stands for the manifest format: the bytes of a manifest are an index into a table.
    struct ManifestTable: Sendable {
        var manifests: [Manifest]

        @Sendable func parse(_ bytes: [UInt8]) throws -> Manifest {
            guard bytes.count == 40 else { throw FormatError(.truncated, "40 bytes are needed", offset: 0) }
            guard Int(bytes[0]) < manifests.count, bytes.dropFirst().allSatisfy({ $0 == bytes[0] }) else {
                throw FormatError(.malformed, "the checksum does not fit", offset: 0)
            }
            return manifests[Int(bytes[0])]
        }
    }

    init() async throws {
        directory = try TemporaryDirectory()
        store = try await LocalStore.create(at: directory.path("store"))
        var payloads: [PayloadID] = []
        for seed in UInt8(0)..<3 {
            let bytes = ObjectStoreContract.bytes(1000 + Int(seed), seed: seed)
            payloads.append(PayloadID(SHA256.hash(bytes)))
            _ = try await store.put(.payload(payloads[Int(seed)]), .bytes(bytes))
        }
        self.payloads = payloads
        let entry = { (index: Int) in
            Manifest.Entry(
                payload: payloads[index], payloadLength: 1000 + index, chunk: ChunkID(payloads[index].digest),
                rawLength: 4000, encoding: .full)
        }
        manifests = ManifestTable(manifests: [
            Manifest(object: first, layout: .opaque(size: 8000), entries: [entry(0), entry(1)], chunks: [0, 1]),
            Manifest(object: second, layout: .opaque(size: 8000), entries: [entry(1), entry(2)], chunks: [0, 1]),
        ])
        for (index, object) in [first, second].enumerated() {
            _ = try await store.put(.manifest(object), .bytes([UInt8](repeating: UInt8(index), count: 40)))
        }
        _ = try await store.put(ObjectStoreContract.key(whole), .bytes(whole))
        let sketch = ObjectStoreContract.bytes(30, seed: 77)
        _ = try await store.put(.sketch(SHA256.hash(sketch)), .bytes(sketch))
    }

    private var audit: StoreAudit { StoreAudit(store: store, parseManifest: manifests.parse) }

    private func file(_ key: ObjectKey) -> String { "store/\(key.path)" }

    private func damage(_ key: ObjectKey, _ change: (inout [UInt8]) -> Void) async throws {
        var bytes = try await store.read(key, limit: .max)
        change(&bytes)
        try directory.write(file(key), bytes)
    }

    @Test func statistics() async throws {
        let statistics = try await audit.stat()
        #expect(statistics.payloads.count == 3)
        #expect(statistics.payloads.bytes == 3003)
        #expect(statistics.wholeObjects.count == 1)
        #expect(statistics.wholeObjects.bytes == 500)
        #expect(statistics.manifests.bytes == 80)
        #expect(statistics.sketches.bytes == 30)
        #expect(statistics.rawBytes == 16_500)
        #expect(statistics.ratio == 16_500.0 / 3613.0)
        #expect(StoreStatistics().ratio == nil)
    }

    @Test func soundStoreIsClean() async throws {
        let steps = Mutex<[StoreProgress]>([])
        let report = try await audit.verify { step in steps.withLock { $0.append(step) } }
        #expect(report.isClean)
        #expect(report.foreignFiles.isEmpty)
        #expect(report.objectsChecked == 7)
        let seen = steps.withLock { $0 }
        #expect(seen.map(\.objectsDone) == seen.map(\.objectsDone).sorted())
        #expect(seen.first?.bytesDone == 0)
        #expect(seen.allSatisfy { $0.objectsTotal == 7 && $0.bytesTotal == report.bytesChecked })
        #expect(seen.last?.objectsDone == 7)
        #expect(seen.last?.bytesDone == report.bytesChecked)
    }

    @Test func aLargeObjectCountsAsItIsRead() async throws {
        let bytes = ObjectStoreContract.bytes(5 << 20, seed: 100)
        _ = try await store.put(ObjectStoreContract.key(bytes), .bytes(bytes))
        let amounts = Mutex<[UInt64]>([])
        _ = try await audit.verify { step in amounts.withLock { $0.append(step.bytesDone) } }
        let steps = amounts.withLock { $0 }
        #expect(steps == steps.sorted())
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 - $0 <= 1 << 20 })
    }

    @Test(arguments: [0, 500, 1000])
    func flippedPayloadHarmsItsVersions(at offset: Int) async throws {
        try await damage(.payload(payloads[1])) { $0[offset] ^= 0x10 }
        let findings = try await audit.verify().findings
        #expect(findings.map(\.key) == [.payload(payloads[1])])
        #expect(findings.first?.kind == .flipped)
        #expect(findings.first?.harms == [first, second].sorted())
    }

    @Test(arguments: [0, 1, 999])
    func truncatedPayload(to count: Int) async throws {
        try await damage(.payload(payloads[0])) { $0 = Array($0.prefix(count)) }
        let findings = try await audit.verify().findings
        #expect(findings.map(\.kind) == [.truncated])
        #expect(findings.first?.harms == [first])
    }

    @Test func missingPayload() async throws {
        try await store.delete(.payload(payloads[2]))
        let findings = try await audit.verify().findings
        #expect(findings.map(\.key) == [.payload(payloads[2])])
        #expect(findings.first?.kind == .missing)
        #expect(findings.first?.harms == [second])
    }

    @Test func unreadablePayload() async throws {
        try await damage(.payload(payloads[0])) { _ in }
        #expect(unlink(directory.path(file(.payload(payloads[0])))) == 0)
        #expect(symlink("/dev/null", directory.path(file(.payload(payloads[0])))) == 0)
        let report = try await audit.verify()
        // A link is no object, so the object is missing and the link is foreign.
        #expect(report.findings.map(\.kind) == [.missing])
        #expect(report.foreignFiles == [ObjectKey.payload(payloads[0]).path])
    }

    @Test func damagedManifests() async throws {
        try await damage(.manifest(first)) { $0[3] ^= 1 }
        try await damage(.manifest(second)) { $0.removeLast() }
        let findings = try await audit.verify().findings
        #expect(Set(findings.map(\.key)) == [.manifest(first), .manifest(second)])
        #expect(findings.first { $0.key == .manifest(first) }?.kind == .flipped)
        #expect(findings.first { $0.key == .manifest(second) }?.kind == .truncated)
        #expect(findings.allSatisfy { $0.harms.count == 1 })
    }

    @Test func manifestOfAnotherObject() async throws {
        try await damage(.manifest(first)) { $0 = [UInt8](repeating: 1, count: 40) }
        let findings = try await audit.verify().findings
        #expect(findings.map(\.key) == [.manifest(first)])
        #expect(findings.first?.harms == [first])
    }

    @Test func wholeCopySavesAVersion() async throws {
        // The object whose bytes are [1] is `first`.
        _ = try await store.put(.object(first), .bytes([1]))
        try await store.delete(.payload(payloads[0]))
        let findings = try await audit.verify().findings
        #expect(findings.map(\.kind) == [.missing])
        #expect(findings.first?.harms == [])
        #expect(try await audit.stat().rawBytes == 16_500)
    }

    @Test func damagedWholeObjectHarmsItself() async throws {
        let key = ObjectStoreContract.key(whole)
        try await damage(key) { $0[0] ^= 1 }
        let findings = try await audit.verify().findings
        #expect(findings.map(\.key) == [key])
        #expect(findings.first?.harms == [ObjectID(SHA256.hash(whole))])
    }

    @Test func damagedSketchHarmsNothing() async throws {
        let sketch = ObjectKey.sketch(SHA256.hash(ObjectStoreContract.bytes(30, seed: 77)))
        try await damage(sketch) { $0[0] ^= 1 }
        let findings = try await audit.verify().findings
        #expect(findings.map(\.key) == [sketch])
        #expect(findings.first?.harms == [])
    }

    @Test func damagedFormatDocument() async throws {
        try directory.write("store/modmeta/format", [])
        let findings = try await audit.verify().findings
        #expect(findings.map(\.key) == [.format])
    }

    @Test func everyDamageIsFound() async throws {
        var expected: Set<ObjectKey> = []
        for family in ObjectFamily.allCases {
            var keys: [ObjectKey] = []
            try await store.list(family) { keys.append(family.key($0.digest)) }
            for key in keys {
                try await damage(key) { $0[.random(in: 0..<$0.count)] ^= UInt8(1) << UInt8.random(in: 0..<8) }
            }
            expected.formUnion(keys)
        }
        #expect(Set(try await audit.verify().findings.map(\.key)) == expected)
    }

    @Test func `a manifest of a later version is not called damaged, and its object is not called lost`() async throws {
        let audit = StoreAudit(store: store) { [manifests] bytes in
            if bytes.first == 0 { throw FormatError(.unsupportedVersion, "version 9", offset: 16) }
            return try manifests.parse(bytes)
        }
        let report = try await audit.verify()
        #expect(report.findings.map(\.kind) == [.unknown])
        #expect(report.findings.allSatisfy { !$0.isRemovable && $0.harms.isEmpty })
        #expect(report.contents.verdict(on: first, size: 8000) == .unknown)
        #expect(report.contents.verdict(on: second, size: 8000) == .given)
        #expect(report.contents.verdict(on: second, size: 8001) == .otherSize(8000))
        #expect(report.contents.verdict(on: ObjectID(SHA256.hash([9])), size: 1) == .missing)
    }

    @Test func `a quick look reads no object and finds what is gone or cut short`() async throws {
        try await damage(.payload(payloads[0])) { $0[5] ^= 1 }
        #expect(try await audit.verify(isQuick: true).isClean)
        try await damage(.payload(payloads[0])) { $0.removeLast() }
        #expect(try await audit.verify(isQuick: true).findings.map(\.kind) == [.truncated])
        try await damage(.payload(payloads[0])) { $0 = [] }
        #expect(try await audit.verify(isQuick: true).findings.first?.harms == [first])
        try await store.delete(.payload(payloads[0]))
        let report = try await audit.verify(isQuick: true)
        #expect(report.findings.map(\.kind) == [.missing])
        #expect(report.contents.verdict(on: first, size: 8000) == .incomplete)
    }
}

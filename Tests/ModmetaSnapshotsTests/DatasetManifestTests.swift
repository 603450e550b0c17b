import ModmetaTesting
import Testing

@testable import ModmetaSnapshots

@Suite struct DatasetManifestTests {
    private func manifest(_ text: String, name: String = "train.jsonl") async throws -> DatasetManifest {
        let files = try CheckpointFiles()
        try files.write(text, to: name)
        return try await DatasetReader.manifest(ofDataAt: files.directory.path(name))
    }

    @Test func linesAreRecords() async throws {
        let manifest = try await manifest("{\"a\": 1}\n\n{\"a\": 2}\n{\"a\": 1}")
        #expect(manifest.kind == .lines && manifest.recordCount == 3 && manifest.isWhole)
        // The first 16 digits of the sha256sum of the line.
        #expect(manifest.records.count { $0 == 0xf9d8_6028_c6e0_d64e } == 2)
        #expect(Set(manifest.records).count == 2)
        let again = try DatasetManifest(parsing: manifest.serialized, path: "x")
        #expect(again == manifest)
    }

    @Test func sharesAreCounted() async throws {
        let old = try await manifest((0..<100).map { "\($0)\n" }.joined())
        let new = try await manifest((10..<120).map { "\($0)\n" }.joined())
        let overlap = try #require(old.overlap(with: new))
        #expect(overlap.isExact && abs(overlap.retained - 0.9) < 1e-12)
        #expect(abs(overlap.added - 20.0 / 110) < 1e-12)
        #expect(old.overlap(with: old)?.retained == 1)
        let other = try await manifest("x", name: "data.parquet")
        #expect(other.kind == .whole && other.overlap(with: old) == nil)
    }

    @Test func whatIsLargeIsSampled() {
        var sample = RecordSample(limit: 100)
        var state: UInt64 = 1
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            sample.add(state ^ (state >> 31))
        }
        let records = sample.finish()
        #expect(sample.count == 10_000)
        #expect((50...100).contains(records.count) && sample.threshold < .max)
        #expect(records.allSatisfy { $0 <= sample.threshold })
    }

    @Test func aDirectoryIsItsFiles() async throws {
        let files = try CheckpointFiles()
        try files.write("a", to: "x/a.txt")
        try files.write("b", to: "x/sub/b.txt")
        let manifest = try await DatasetReader.manifest(ofDataAt: files.directory.path("x"))
        #expect(manifest.kind == .files && manifest.recordCount == 2 && manifest.byteCount == 2)
    }

    @Test func damageIsFound() async throws {
        let bytes = try await manifest("a\nb\n").serialized
        for index in stride(from: 0, to: bytes.count, by: 5) {
            var broken = bytes
            broken[index] ^= 1
            #expect(throws: SnapshotError.self) { try DatasetManifest(parsing: broken, path: "x") }
        }
        for length in [0, 3, 40, bytes.count - 1] {
            #expect(throws: SnapshotError.self) { try DatasetManifest(parsing: Array(bytes[..<length]), path: "x") }
        }
    }
}

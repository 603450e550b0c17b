import ModmetaFormats
import Testing

/// The metadata of distributed checkpoints, valid and false.
@Suite struct DistributedMetadataTests {
    @Test func readsWhatTorchWrote() throws {
        let metadata = try DistributedMetadata(parsing: try Fixture.bytes("distcp/one-rank.metadata"))
        #expect(metadata.files == ["__0_0.distcp"])
        let tensors = metadata.tensors.sorted { $0.name < $1.name }
        #expect(tensors.map(\.name) == ["model.embed.weight", "model.half", "model.norm.bias"])
        #expect(tensors.map(\.shape) == [[6, 4], [3, 3], [5]])
        #expect(tensors.allSatisfy { $0.isComplete == true })
        #expect(metadata.items.count == 5)
        // The items cover the file without gaps.
        var end: UInt64 = 0
        for item in metadata.items.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            #expect(item.range.lowerBound == end)
            end = item.range.upperBound
        }
        #expect(end == UInt64(try Fixture.bytes("distcp/one-rank.distcp").count))
        #expect(metadata.items.first { $0.name == "step" }?.offsets == nil)
        #expect(metadata.items.first { $0.name == "model.half" }?.offsets == [0, 0])
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let file: String
        let message: String
        var testDescription: String { file }
    }

    static let hostile = [
        Hostile(file: "path-to-parent", message: "the metadata names '../x.distcp'"),
        Hostile(file: "path-absolute", message: "the metadata names '/etc/passwd'"),
        Hostile(file: "path-in-folder", message: "the metadata names 'a/b.distcp'"),
        Hostile(file: "path-hidden", message: "the metadata names '.ssh'"),
        Hostile(file: "path-empty", message: "the metadata names ''"),
        Hostile(file: "path-is-a-number", message: "an entry of storage_data does not say"),
        Hostile(file: "offset-overflow", message: ""),
        Hostile(file: "offset-negative", message: "an entry of storage_data does not say"),
        Hostile(file: "name-is-a-number", message: "an entry of storage_data does not say"),
        Hostile(file: "no-storage-data", message: "the pickle has no storage_data"),
        Hostile(file: "a-list", message: "the pickle has no storage_data"),
        Hostile(file: "cut-off", message: "the bytes end inside"),
        Hostile(file: "runs-a-command", message: "the pickle has no storage_data"),
    ]

    @Test(arguments: hostile)
    func refusesMetadataThatLies(_ hostile: Hostile) throws {
        let bytes = try Fixture.bytes("distcp-hostile/\(hostile.file).metadata")
        if hostile.message.isEmpty {
            // The sum fits in 64 unsigned bits; the file is merely too short for it.
            #expect(try DistributedMetadata(parsing: bytes).items.map(\.range.upperBound) == [.max - 1])
            return
        }
        let error = #expect(throws: FormatError.self) { try DistributedMetadata(parsing: bytes) }
        #expect(error?.message.hasPrefix(hostile.message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["holds-itself", "length-of-an-exabyte"])
    func readsOddMetadata(_ file: String) throws {
        #expect(throws: Never.self) {
            try DistributedMetadata(parsing: try Fixture.bytes("distcp-hostile/\(file).metadata"))
        }
    }

    @Test func metadataIsSafeToLoadUnlessItRunsCode() throws {
        func verdict(_ path: String) throws -> PickleImport.Verdict? {
            try SafeToLoad.scan(MemorySource(try Fixture.bytes(path)))?.verdict
        }
        #expect(try verdict("distcp/one-rank.metadata") == .harmless)
        #expect(try verdict("distcp/one-rank.distcp") == .harmless)
        #expect(try verdict("distcp-hostile/runs-a-command.metadata") == .dangerous)
    }
}

import ModmetaFormats
import Testing

/// Each file under Fixtures/hostile breaks one rule; all except those about head and checksum have a valid checksum.
@Suite struct HostileManifestTests {
    static let expected: [String: String] = [
        "base-before-the-first": "entry 1 has a base that is not an earlier entry (at byte 194)",
        "base-of-itself": "entry 1 has a base that is not an earlier entry (at byte 194)",
        "base-outside-its-entry": "entry 1 has a base outside the 280 raw bytes of entry 0 (at byte 124)",
        "base-without-segments": "entry 1 is a delta without a base (at byte 124)",
        "bytes-behind-chunks": "the manifest has 1 bytes after its last chunk (at byte 90)",
        "chunk-not-there": "a chunk names an entry that does not exist (at byte 89)",
        "chunk-step-overflow": "a chunk names an entry that does not exist (at byte 90)",
        "chunks-too-long": "the chunks are longer than the file's 4 bytes (at byte 88)",
        "chunks-too-short": "the chunks have 5 bytes; the file has 6 (at byte 88)",
        "dtype-not-ascii": "a dtype is not ASCII (at byte 53)",
        "empty-file": "an empty file has no manifest (at byte 54)",
        "empty": "the manifest ends inside its head (at byte 0)",
        "entry-unused": "entry 1 is not used by any chunk (at byte 124)",
        "generation-0": "entry 1 is a delta of generation 0, not 1 to 65535 (at byte 124)",
        "generation-65536": "a generation is 65536, larger than the 65535 allowed (at byte 192)",
        "magic-only": "the manifest ends inside its head (at byte 16)",
        "more-chunks-than-bytes": "the number of chunks is 2; the 1 bytes left cannot hold that many (at byte 88)",
        "name-not-utf8": "the name of a tensor is not UTF-8 (at byte 65)",
        "name-of-a-gigabyte": "the length of a name is 1073741824, larger than the 65535 allowed (at byte 66)",
        "name-shares-too-little": "a name repeats a byte that it shares with the previous name (at byte 86)",
        "name-shares-too-much": "a name shares more bytes than the previous name has (at byte 65)",
        "name-twice": "two tensors have the name 'layer.0.bias' (at byte 86)",
        "no-checksum": "the manifest ends before its checksum (at byte 40)",
        "not-a-manifest": "these bytes are not a manifest: the magic is missing (at byte 0)",
        "number-in-long-form": "the file's size is not in its shortest form (at byte 50)",
        "number-past-64-bits": "the file's size does not fit in 64 bits (at byte 50)",
        "number-without-end": "the file's size does not fit in 64 bits (at byte 50)",
        "opaque-with-tensors": "an opaque file has tensors (at byte 65)",
        "payload-length-17-mebibytes":
            "a payload's length is 17825792, larger than the 16842752 allowed (at byte 120)",
        "rank-of-65": "a rank is 65, larger than the 64 allowed (at byte 69)",
        "raw-length-0": "entry 0 has 0 raw bytes, not 1 to 16777216 (at byte 54)",
        "raw-length-17-mebibytes": "a raw length is 17825792, larger than the 16777216 allowed (at byte 90)",
        "tensor-beyond-file": "the tensor 'layer.0.weight' ends at byte 3000 of 2999 (at byte 86)",
        "tensor-range-overflow": "the end of a tensor does not fit in 64 bits (at byte 71)",
        "two-to-the-40-segments":
            "the number of base segments is 1099511627776, larger than the 16777216 allowed (at byte 193)",
        "two-to-the-40-tensors":
            "the number of tensors is 1099511627776, larger than the 4194304 allowed (at byte 64)",
        "two-to-the-62-chunks":
            "the number of chunks is 4611686018427387904, larger than the 16777216 allowed (at byte 88)",
        "two-to-the-62-entries":
            "the number of entries is 4611686018427387904; the 0 bytes left cannot hold that many (at byte 53)",
        "type-not-there": "the type of the tensor 'a' is not in the order of the type table (at byte 65)",
        "type-twice": "the type table repeats a pair (at byte 58)",
        "type-unused": "the type table has entries that no tensor uses (at byte 118)",
        "types-not-in-order":
            "the type of the tensor 'layer.0.bias' is not in the order of the type table (at byte 65)",
        "unknown-element-kind":
            "the dtype 'F32' has an element kind this program does not know: use a newer modmeta (at byte 53)",
        "unknown-encoding":
            "entry 0 has an encoding this program does not know: use a newer modmeta (at byte 54)",
        "unknown-file-format":
            "the manifest names the file format 7, which this program does not know: use a newer modmeta (at byte 49)",
        "version-0": "the manifest has version 0; this program reads version 1: use a newer modmeta (at byte 16)",
        "version-2": "the manifest has version 2; this program reads version 1: use a newer modmeta (at byte 16)",
        "wrong-checksum": "the manifest is damaged: its checksum does not match its bytes (at byte 90)",
    ]

    @Test func everyFileIsExpected() throws {
        #expect(try Fixture.names(in: "hostile") == Self.expected.keys.map { "\($0).manifest" }.sorted())
    }

    @Test(arguments: expected.keys.sorted())
    func refusesWithOneClearSentence(_ name: String) throws {
        let bytes = try Fixture.bytes("hostile/\(name).manifest")
        let error = #expect(throws: FormatError.self) { try Manifest(parsing: bytes) }
        #expect(error?.description == Self.expected[name])
        #expect((error?.offset ?? .max) <= UInt64(bytes.count))
    }
}

import ModmetaFormats
import Testing

@Suite struct LayoutReadingTests {
    struct Unknown: Sendable {
        let bytes: [UInt8]
        let size: UInt64
    }

    @Test(arguments: [
        Unknown(bytes: [1, 0, 0, 0, 0, 0, 0, 0, 0x7B], size: 9),
        Unknown(bytes: [2, 0, 0, 0, 0, 0, 0, 0, 0x5B, 0x5D], size: 10),
        Unknown(bytes: [], size: 0),
        Unknown(bytes: Array("plain text".utf8), size: 10),
        Unknown(bytes: Array("PK".utf8), size: 2),
    ])
    func leavesUnknownFilesAlone(_ file: Unknown) throws {
        #expect(try Layout.read(PaddedSource(file.bytes, size: file.size)) == .init(layout: .opaque(size: file.size)))
    }

    @Test func givesABrokenFileBackAsOpaqueWithTheError() throws {
        let file = SafetensorsFile(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 2)
        let reading = try Layout.read(PaddedSource(file.header, size: file.size))
        #expect(reading.layout == .opaque(size: file.size))
        #expect(reading.violation?.message == "the file has 1 bytes after its last tensor")
    }

    @Test func readsGoodFilesWithoutAViolation() throws {
        let file = SafetensorsFile(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1)
        let reading = try Layout.read(PaddedSource(file.header, size: file.size))
        #expect(reading.layout.tensors.map(\.name) == ["a"])
        #expect(reading.violation == nil)
    }

    @Test func saysWhyAKnownKindIsOpaque() throws {
        let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 0, count: 100)
        #expect(try Layout.read(MemorySource(hdf5)).violation?.message.hasPrefix("HDF5 files") == true)
        #expect(
            try Layout.read(MemorySource([0x80, 2, 0x4E, 0x2E])).violation?.message.hasPrefix("plain pickles") == true)
    }
}

/// A file of which only the first bytes are stored; the others are zeros, generated on demand.
struct PaddedSource: ByteSource {
    let bytes: [UInt8]
    let size: UInt64

    init(_ bytes: [UInt8], size: UInt64) {
        self.bytes = bytes
        self.size = size
    }

    func read(_ range: Range<UInt64>) throws -> [UInt8] {
        try #require(range.upperBound <= size)
        try #require(range.count <= 256 << 20)
        let there = range.clamped(to: 0..<UInt64(bytes.count))
        return Array(bytes[Int(there.lowerBound)..<Int(there.upperBound)])
            + [UInt8](repeating: 0, count: range.count - there.count)
    }
}

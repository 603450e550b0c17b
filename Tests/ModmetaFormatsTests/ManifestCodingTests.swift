import ModmetaFormats
import Testing

@Suite struct ManifestCodingTests {
    @Test func everyGoldenFileHasAValue() throws {
        #expect(try Fixture.names(in: "v1") == SampleManifests.byName.keys.map { "\($0).manifest" }.sorted())
    }

    @Test(arguments: SampleManifests.byName.keys.sorted())
    func agreesWithTheGoldenFile(_ name: String) throws {
        let manifest = try #require(SampleManifests.byName[name])
        let golden = try Fixture.bytes("v1/\(name).manifest")
        try manifest.validate()
        #expect(manifest.serialized() == golden)
        #expect(try Manifest(parsing: golden) == manifest)
    }

    @Test(arguments: 0..<100)
    func givesEveryManifestBack(seed: Int) throws {
        let manifest = SampleManifests.random(seed: UInt64(seed))
        try manifest.validate()
        #expect(try Manifest(parsing: manifest.serialized()) == manifest)
    }

    @Test func keepsNamesByteForByte() throws {
        // The second name shares the first byte of a character, and equals the third except for normalisation.
        var manifest = SampleManifests.oneRawChunk
        manifest.layout.format = .safetensors
        manifest.layout.tensors = ["", "\u{e9}", "\u{ea}", "o\u{301}"].map {
            .init(name: $0, dtype: "U8", element: .byte, shape: [0], range: 0..<0)
        }
        let names = try Manifest(parsing: manifest.serialized()).layout.tensors.map { Array($0.name.utf8) }
        #expect(names == manifest.layout.tensors.map { Array($0.name.utf8) })
    }

    @Test func frontCodesNames() {
        var manifest = SampleManifests.oneRawChunk
        manifest.layout.format = .safetensors
        let prefix = String(repeating: "model.layers.", count: 10)
        manifest.layout.tensors = (0..<100).map {
            .init(name: "\(prefix)\($0)", dtype: "U8", element: .byte, shape: [0], range: 0..<0)
        }
        #expect(manifest.serialized().count < 300 + 100 * 10)
    }

    @Test func addsUpWhatAReaderReads() {
        #expect(SampleManifests.deltaChain.readLength == 250)
        #expect(SampleManifests.tensors.readLength == 1300)
    }

    @Test(arguments: SampleManifests.byName.keys.sorted())
    func refusesEveryTruncationAndEveryFlippedBit(_ name: String) throws {
        let golden = try Fixture.bytes("v1/\(name).manifest")
        for length in golden.indices {
            #expect(throws: FormatError.self) { try Manifest(parsing: Array(golden[..<length])) }
        }
        for bit in 0..<8 * golden.count {
            var damaged = golden
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: FormatError.self) { try Manifest(parsing: damaged) }
        }
    }
}

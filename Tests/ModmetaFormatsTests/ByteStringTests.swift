import ModmetaFormats
import Testing

/// Untrusted keys are compared by their bytes, at a cost proportional to their length.
@Suite struct ByteStringTests {
    private static let composed = "\u{e9}"
    private static let decomposed = "e\u{301}"

    @Test func `canonically equal texts are two keys`() {
        #expect(Self.composed == Self.decomposed)
        #expect(ByteString(Self.composed) != ByteString(Self.decomposed))
        #expect(Set([ByteString(Self.composed), ByteString(Self.decomposed)]).count == 2)
        #expect(ByteString("e\u{301}") < "\u{e9}")
        #expect([Self.composed, Self.decomposed].sortedByBytes() == ["e\u{301}", "\u{e9}"])
    }

    @Test func `prefixes and suffixes are bytes`() {
        #expect("refs/heads/a".hasBytePrefix("refs/") && !"a".hasBytePrefix("ab"))
        #expect("a.npy".hasByteSuffix(".npy") && !"npy".hasByteSuffix(".npy"))
        // Compared by characters, it does not end in "y".
        #expect("a.npy\u{301}".hasByteSuffix("\u{301}") && !"a.npy\u{301}".hasByteSuffix(".npy"))
        #expect("a..b".hasBytes(of: "..") && !"a.b.c".hasBytes(of: "..") && "xaab".hasBytes(of: "ab"))
    }

    /// A header with both spellings of a name has two tensors.
    @Test func `a header may have both spellings`() throws {
        let header =
            #"{"\#(Self.composed)":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
            + #""\#(Self.decomposed)":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#
        let file = SafetensorsFile(Array(header.utf8), data: 2)
        let layout = try SafetensorsLayout.parse(header: file.header, fileSize: file.size)
        #expect(layout.tensors.count == 2)
        let manifest = Manifest(
            object: ObjectID(SHA256.hash([])), layout: layout,
            entries: [
                .init(
                    payload: PayloadID(SHA256.hash([])), payloadLength: Int(file.size), chunk: ChunkID(SHA256.hash([])),
                    rawLength: Int(file.size), encoding: .raw)
            ], chunks: [0])
        #expect(try Manifest(parsing: manifest.serialized()) == manifest)
    }

    /// Normalising a run of n combining marks takes n² steps: minutes for 256,000 of them.
    @Test(.timeLimit(.minutes(1)), arguments: ["__metadata__", "x", "weight_map"])
    func `combining marks cost no more than other bytes`(_ place: String) throws {
        let marks = "a" + String(repeating: "\u{301}\u{323}", count: 128_000)
        let others = (0..<20).map { #""k\#($0)":"""# }.joined(separator: ",")
        let members = #"{\#(others),"\#(marks)":"x.bin","\#(marks)z":"y.bin"}"#
        let tensor = #""w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]"#
        let text = place == "x" ? #"{\#(tensor),"x":\#(members)}}"# : #"{"\#(place)":\#(members),\#(tensor)}}"#
        let file = SafetensorsFile(Array(text.utf8), data: 1)
        if place == "weight_map" {
            _ = try? ShardIndex(parsing: Array(text.utf8))
        } else {
            #expect(try SafetensorsLayout.parse(header: file.header, fileSize: file.size).tensors.count == 1)
        }
    }
}

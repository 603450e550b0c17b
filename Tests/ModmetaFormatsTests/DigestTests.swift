import ModmetaFormats
import Testing

@Suite struct DigestTests {
    // FIPS 180-4: the one-block message and the empty message.
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func hashesTheKnownMessages() {
        #expect(SHA256.hash(Array("abc".utf8)).hex == abc)
        #expect(SHA256.hash([UInt8]()).hex == empty)
        var parts = SHA256()
        for byte in "abc".utf8 { parts.update([byte]) }
        #expect(parts.finish().hex == abc)
    }

    @Test func comesBackFromBytesAndDigits() throws {
        let digest = try #require(Digest(hex: abc))
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(ObjectID(hex: abc)?.description == abc)
    }

    @Test(arguments: [
        "", "ba78", String(repeating: "A", count: 64), String(repeating: "g", count: 64),
        String(repeating: "0", count: 65),
    ])
    func refusesOtherDigits(_ text: String) {
        #expect(Digest(hex: text) == nil)
    }

    @Test func ordersAsBytesDo() throws {
        let digests = [[0xFF], [0x01, 0xFF], [0x00, 0x80], [0x7F]].compactMap {
            Digest(bytes: $0 + [UInt8](repeating: 0, count: 32 - $0.count))
        }
        #expect(digests.sorted().map { $0.bytes } == digests.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) })
        #expect(Digest(bytes: [1, 2, 3]) == nil)
    }
}

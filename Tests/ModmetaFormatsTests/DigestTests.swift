import ModmetaFormats
import Testing

@Suite struct DigestTests {
    // FIPS 180-4, the one-block and the empty message.
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func hashesTheKnownMessages() {
        #expect(SHA256.hash(Array("abc".utf8)).hex == abc)
        #expect(SHA256.hash([UInt8]()).hex == empty)
        var parts = SHA256()
        for byte in "abc".utf8 { parts.update([byte]) }
        #expect(parts.finish().hex == abc)
    }

    @Test func hashesRunAfterRun() {
        var hash = RepeatedSHA256()
        for _ in 0..<2 {
            for byte in "abc".utf8 { [byte].withUnsafeBytes { hash.update($0) } }
            #expect(hash.finishPrefix() == 0xBA78_16BF_8F01_CFEA)
        }
        #expect(hash.finishPrefix() == 0xE3B0_C442_98FC_1C14)
    }

    // RFC 4231, test cases 1, 2 and 6, and no key at all.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func authenticatesTheKnownMessages(_ key: [UInt8], _ text: String, _ code: String) {
        #expect(Digest(bytes: HMACSHA256.code(of: Array(text.utf8), key: key))?.hex == code)
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

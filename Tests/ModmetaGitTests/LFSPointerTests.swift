import ModmetaFormats
import ModmetaGit
import Testing

private let hex = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
private let version = "version https://git-lfs.github.com/spec/v1\n"
private let oid = "oid sha256:\(hex)\n"

@Suite struct LFSPointerTests {
    struct Good: Sendable {
        var text: String
        var size: UInt64 = 12345
    }

    @Test(arguments: [
        Good(text: version + oid + "size 12345\n"),
        Good(text: version + oid + "size 0\n", size: 0),
        Good(text: version + oid + "size 9223372036854775807\n", size: 9_223_372_036_854_775_807),
        Good(text: version + oid + "size 12345"),
        Good(text: "version http://git-media.io/v/2\n" + oid + "size 12345\n"),
        Good(text: version + "ext-0-crypt sha256:\(hex)\n" + oid + "size 12345\n"),
        Good(text: version + oid + "ext-0-crypt sha256:\(hex)\nsize 12345\n"),
        Good(text: "ext-9-a!? sha256:\(hex)\n" + version + oid + "size 12345\n"),
        Good(text: "\n" + version + oid + "size 12345\n"),
        Good(text: version + "\n\r\n" + oid + "\nsize 12345\n"),
        Good(text: version + oid + "size 12345\n\n\n"),
        Good(text: version + oid + "size 12345 \t\u{3000}\n"),
        Good(text: "\u{a0} " + version + oid + "size +12345"),
        Good(text: version + oid + "size 0012345\n"),
        Good(text: version + oid + "size -0\n", size: 0),
        Good(text: version.replacing("\n", with: "\r\n") + oid.replacing("\n", with: "\r\n") + "size 12345\r\n"),
    ])
    func reads(_ good: Good) throws {
        let pointer = try LFSPointer(parsing: Array(good.text.utf8))
        #expect(pointer == LFSPointer(object: try #require(ObjectID(hex: hex)), size: good.size))
    }

    struct Bad: Sendable {
        var text: String
        var code: FormatError.Code
        var offset: UInt64
    }

    @Test(arguments: [
        Bad(text: "", code: .truncated, offset: 0),
        Bad(text: version, code: .truncated, offset: 42),
        Bad(text: version + oid, code: .truncated, offset: 118),
        Bad(text: "\n", code: .truncated, offset: 1),
        Bad(text: version + "name model\n" + oid + "size 1\n", code: .malformed, offset: 43),
        Bad(text: version + oid + "size 1\nzebra 1\n", code: .malformed, offset: 126),
        Bad(text: version + "ext-0-a md5:\(hex)\n" + oid + "size 1\n", code: .malformed, offset: 43),
        Bad(text: oid + "size 1\n" + version, code: .malformed, offset: 0),
        Bad(
            text: "version https://git-lfs.github.com/spec/v2\n" + oid + "size 1\n", code: .unsupportedVersion,
            offset: 0),
        Bad(text: version + "size 1\n" + oid, code: .malformed, offset: 43),
        Bad(text: version + oid + oid + "size 1\n", code: .malformed, offset: 119),
        Bad(text: version + version + oid + "size 1\n", code: .malformed, offset: 43),
        Bad(text: version + "oid sha256:\(hex.uppercased())\nsize 1\n", code: .malformed, offset: 43),
        Bad(text: version + "oid sha256:\(hex.dropLast())\nsize 1\n", code: .malformed, offset: 43),
        Bad(text: version + "oid md5:\(hex)\nsize 1\n", code: .malformed, offset: 43),
        Bad(text: version + oid + "size 1_0\n", code: .malformed, offset: 119),
        Bad(text: version + oid + "size 1 2\n", code: .malformed, offset: 119),
        Bad(text: version + oid + "size -1\n", code: .malformed, offset: 119),
        Bad(text: version + oid + "size \n", code: .malformed, offset: 119),
        Bad(text: version + oid + "size 9223372036854775808\n", code: .malformed, offset: 119),
        Bad(text: version + oid + "size 99999999999999999999999\n", code: .malformed, offset: 119),
        Bad(text: version + "Key value\n" + oid + "size 1\n", code: .malformed, offset: 43),
        Bad(text: version + oid + "size 1\nz " + String(repeating: "x", count: 900), code: .limitExceeded, offset: 0),
    ])
    func refuses(_ bad: Bad) {
        let error = #expect(throws: FormatError.self) { try LFSPointer(parsing: Array(bad.text.utf8)) }
        #expect(error?.code == bad.code)
        #expect(error?.offset == bad.offset)
    }

    @Test func refusesBytesThatAreNoText() {
        let bytes = Array(version.utf8) + [0x7a, 0x20, 0xff, 0x0a]
        #expect(throws: FormatError.self) { try LFSPointer(parsing: bytes) }
    }

    @Test func writesCanonicalBytes() throws {
        let pointer = LFSPointer(object: try #require(ObjectID(hex: hex)), size: 12345)
        #expect(String(decoding: pointer.serialized(), as: UTF8.self) == version + oid + "size 12345\n")
        #expect(try LFSPointer(parsing: pointer.serialized()) == pointer)
    }
}

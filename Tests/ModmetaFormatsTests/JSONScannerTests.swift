import Testing

@testable import ModmetaFormats

@Suite struct JSONScannerTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let json: String
        let string: String
        var testDescription: String { json }
    }

    @Test(arguments: [
        Good(json: #""""#, string: ""),
        Good(json: #"  "weight.0""#, string: "weight.0"),
        Good(json: #""\"\\\/\b\f\n\r\t""#, string: "\"\\/\u{8}\u{C}\n\r\t"),
        Good(json: #""a\u00e9b\u0000""#, string: "a\u{e9}b\u{0}"),
        Good(json: #""\uD83D\uDE00""#, string: "\u{1F600}"),
        Good(json: "\"\u{e9}\u{20ac}\u{1F600}\u{10FFFF}\"", string: "\u{e9}\u{20ac}\u{1F600}\u{10FFFF}"),
    ])
    func readsStrings(_ example: Good) throws {
        var scanner = scan(example.json)
        let string = try scanner.string("a string")
        #expect(Array(string.utf8) == Array(example.string.utf8))
        try scanner.expectEnd()
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let json: [UInt8]
        let offset: UInt64
        var code: FormatError.Code = .malformed
        var testDescription: String { name }
        init(_ name: String, _ json: [UInt8], at offset: UInt64, _ code: FormatError.Code = .malformed) {
            (self.name, self.json, self.offset, self.code) = (name, json, offset, code)
        }
        init(_ json: String, at offset: UInt64, _ code: FormatError.Code = .malformed) {
            self.init(json, Array(json.utf8), at: offset, code)
        }
    }

    @Test(arguments: [
        Bad(#""abc"#, at: 4, .truncated),
        Bad(#""abc\"#, at: 5, .truncated),
        Bad(#""\u12"#, at: 5, .truncated),
        Bad(#""\u12G4""#, at: 5),
        Bad(#""\x41""#, at: 1),
        Bad(#""\uD800""#, at: 1),
        Bad(#""\uDC00""#, at: 1),
        Bad(#""a\uD800A""#, at: 2),
        Bad("\"a\nb\"", at: 2),
        Bad("overlong slash", [0x22, 0xC0, 0xAF, 0x22], at: 1),
        Bad("overlong three bytes", [0x22, 0xE0, 0x80, 0xAF, 0x22], at: 1),
        Bad("encoded surrogate", [0x22, 0x41, 0xED, 0xA0, 0x80, 0x22], at: 2),
        Bad("past U+10FFFF", [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], at: 1),
        Bad("lone continuation", [0x22, 0x80, 0x22], at: 1),
        Bad("cut short by a quote", [0x22, 0xE2, 0x82, 0x22], at: 1),
        Bad("cut short by the end", [0x22, 0xE2], at: 1),
    ])
    func refusesStrings(_ example: Bad) {
        var scanner = JSONScanner(example.json, in: 0..<example.json.count)
        let error = #expect(throws: FormatError.self) { try scanner.string("a string") }
        #expect(error?.offset == example.offset)
        #expect(error?.code == example.code)
    }

    @Test(arguments: [
        ("0", 0), ("7 ", 7), (" 18446744073709551615", UInt64.max), ("9007199254740993", 9_007_199_254_740_993),
    ])
    func readsIntegersExactly(_ json: String, _ value: UInt64) throws {
        var scanner = scan(json)
        #expect(try scanner.unsignedInteger("a number") == value)
        try scanner.expectEnd()
    }

    @Test(arguments: [
        "-1", "01", "00", "1.0", "1e3", "1E3", "18446744073709551616", "99999999999999999999999", "\"1\"", "null", "",
    ])
    func refusesOtherNumbers(_ json: String) {
        var scanner = scan(json)
        let error = #expect(throws: FormatError.self) { try scanner.unsignedInteger("a number") }
        #expect(error?.offset == 0)
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "-1.5e-7", "12E+3", "\"x\"", "[]", "{}", "[1, [2, {\"a\": [null]}], \"b\"]",
        #"{"a": {"a": 1}, "b": {"a": 1}}"#,
    ])
    func skipsValues(_ json: String) throws {
        var scanner = scan(json)
        try scanner.skipValue()
        try scanner.expectEnd()
    }

    @Test(arguments: [
        Bad("nul", at: 0), Bad("truee", at: 4), Bad("-", at: 0), Bad("1.", at: 0), Bad("1e", at: 0), Bad("-01", at: 0),
        Bad(".5", at: 0), Bad("+1", at: 0), Bad("[1,]", at: 3), Bad("[1 2]", at: 3), Bad("[", at: 1, .truncated),
        Bad("{\"a\"}", at: 4), Bad("{\"a\":1,}", at: 7), Bad("{a:1}", at: 1), Bad("{\"a\":1", at: 6, .truncated),
        Bad(#"{"a": 1, "b": 2, "a": 3}"#, at: 17), Bad(#"{"A": 1, "\u0041": 2}"#, at: 9), Bad("", at: 0, .truncated),
    ])
    func refusesValues(_ example: Bad) {
        let error = #expect(throws: FormatError.self) {
            var scanner = JSONScanner(example.json, in: 0..<example.json.count)
            try scanner.skipValue()
            try scanner.expectEnd()
        }
        #expect(error?.offset == example.offset)
        #expect(error?.code == example.code)
    }

    @Test func bordersOfDepth() throws {
        let deepest = JSONScanner.maximumDepth
        var scanner = scan(String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest))
        try scanner.skipValue()
        var deeper = scan(String(repeating: "[", count: 1_000_000))
        let error = #expect(throws: FormatError.self) { try deeper.skipValue() }
        #expect(error?.code == .limitExceeded)
        #expect(error?.offset == UInt64(deepest))
    }

    @Test func findsLateDuplicatesAmongManyKeys() {
        let keys = (0..<100).map { "\"k\($0)\":0" } + ["\"k3\":0"]
        var scanner = scan("{" + keys.joined(separator: ",") + "}")
        let error = #expect(throws: FormatError.self) { try scanner.skipValue() }
        #expect(error?.message == "the key 'k3' occurs twice in an object")
    }

    @Test func boundsMembers() {
        var scanner = scan(#"{"a":1,"b":2,"c":3}"#)
        let error = #expect(throws: FormatError.self) {
            try scanner.members(of: "it", limit: 2) { (scanner, _, _) throws(FormatError) in try scanner.skipValue() }
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.offset == 13)
    }

    private func scan(_ json: String) -> JSONScanner { JSONScanner(Array(json.utf8), in: 0..<json.utf8.count) }
}

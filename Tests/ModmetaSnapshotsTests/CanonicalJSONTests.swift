import Testing

@testable import ModmetaSnapshots

@Suite struct CanonicalJSONTests {
    struct Number: Sendable {
        var bits: UInt64
        var text: String
    }

    /// The table of RFC 8785, appendix B.
    @Test(arguments: [
        Number(bits: 0x0000_0000_0000_0000, text: "0"), Number(bits: 0x8000_0000_0000_0000, text: "0"),
        Number(bits: 0x0000_0000_0000_0001, text: "5e-324"), Number(bits: 0x8000_0000_0000_0001, text: "-5e-324"),
        Number(bits: 0x7fef_ffff_ffff_ffff, text: "1.7976931348623157e+308"),
        Number(bits: 0xffef_ffff_ffff_ffff, text: "-1.7976931348623157e+308"),
        Number(bits: 0x4340_0000_0000_0000, text: "9007199254740992"),
        Number(bits: 0xc340_0000_0000_0000, text: "-9007199254740992"),
        Number(bits: 0x4430_0000_0000_0000, text: "295147905179352830000"),
        Number(bits: 0x44b5_2d02_c7e1_4af5, text: "9.999999999999997e+22"),
        Number(bits: 0x44b5_2d02_c7e1_4af6, text: "1e+23"),
        Number(bits: 0x44b5_2d02_c7e1_4af7, text: "1.0000000000000001e+23"),
        Number(bits: 0x444b_1ae4_d6e2_ef4e, text: "999999999999999700000"),
        Number(bits: 0x444b_1ae4_d6e2_ef4f, text: "999999999999999900000"),
        Number(bits: 0x444b_1ae4_d6e2_ef50, text: "1e+21"),
        Number(bits: 0x3eb0_c6f7_a0b5_ed8c, text: "9.999999999999997e-7"),
        Number(bits: 0x3eb0_c6f7_a0b5_ed8d, text: "0.000001"),
        Number(bits: 0x41b3_de43_5555_5553, text: "333333333.3333332"),
        Number(bits: 0x41b3_de43_5555_5554, text: "333333333.33333325"),
        Number(bits: 0x41b3_de43_5555_5555, text: "333333333.3333333"),
        Number(bits: 0xbecb_f647_612f_3696, text: "-0.0000033333333333333333"),
        Number(bits: 0x4314_3ff3_c1cb_0959, text: "1424953923781206.2"),
    ])
    func numbers(_ number: Number) {
        #expect(ECMAScriptNumber.text(Double(bitPattern: number.bits)) == number.text)
    }

    /// The example of RFC 8785, section 3.2.3.
    @Test func keysAreInUTF16Order() throws {
        let value = try DocumentValue(
            reading: Array(
                #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#.utf8), path: "a.json")
        let text = String(decoding: value.canonicalJSON, as: UTF8.self)
        #expect(text == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}")
    }

    /// The example of RFC 8785, section 3.2.2.
    @Test func values() throws {
        let json = #"""
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}
            """#
        let value = try DocumentValue(reading: Array(json.utf8), path: "a.json")
        #expect(
            String(decoding: value.canonicalJSON, as: UTF8.self)
                == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01x", "\"\\ud83d\"", "\"\\u12g4\"", "nul", "{\"a\" 1}", "[1] 2",
        "\"\u{1}\"",
        "+1", String(repeating: "[", count: 100), "\"", "1e999",
    ])
    func brokenJSONIsOneClearError(_ json: String) {
        let error = #expect(throws: SnapshotError.self) { try DocumentValue(reading: Array(json.utf8), path: "a.json") }
        #expect(error?.code == .syntax)
        #expect(error?.message.hasPrefix("a.json is not JSON: it ") == true)
    }
}

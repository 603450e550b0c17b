import Testing

@testable import ModmetaSnapshots

@Suite struct LegacyScalarTests {
    /// The rules as regular expressions, as PyYAML writes them.
    private static func isWholly(_ text: String, _ expression: String) throws -> Bool {
        try Regex(expression).wholeMatch(in: text) != nil
    }

    /// What the rules make of a text, told by them and not by hand.
    private static func expected(_ text: String) throws -> String? {
        switch text {
        case "yes", "Yes", "YES", "on", "On", "ON": return "is the truth value true"
        case "no", "No", "NO", "off", "Off", "OFF": return "is the truth value false"
        default: break
        }
        guard let first = text.first, "+-.0123456789".contains(first) else { return nil }
        if try isWholly(text, "[-+]?0[0-7_]+"), Int(text.filter { $0 != "_" }, radix: 8) != nil {
            return "is the octal number"
        }
        if try isWholly(text, "[-+]?0b[01_]+") || isWholly(text, "[-+]?0x[0-9a-fA-F_]+") {
            return "is a number to PyYAML and text to YAML 1.2; write it in decimal"
        }
        if try isWholly(text, "[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+") { return "is a number of base 60" }
        if try isWholly(text, "[0-9]{4}-[0-9]{2}-[0-9]{2}") { return "is a date" }
        guard let number = PlainScalar.number(text) else {
            guard try isWholly(text, #"[-+]?[0-9][0-9_]*(\.[0-9_]*)?"#) else { return nil }
            return "is a number to PyYAML and text to YAML 1.2; write it without underscores"
        }
        guard case .number = number else { return nil }
        let isFloat =
            try isWholly(text, #"[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?"#)
            || isWholly(text, #"[-+]?\.[0-9][0-9_]*([eE][-+][0-9]+)?"#)
        return isFloat ? nil : "is text to PyYAML"
    }

    @Test(arguments: 0..<4) func theRulesAreThoseOfPyYAML(_ seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func pick(_ choices: [String]) -> String {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return choices[Int(state % UInt64(choices.count))]
        }
        let parts = [
            "0", "1", "7", "9", "12", "59", "60", "_", ".", ":", "-", "+", "e", "E", "x", "b", "f", "0x", "0b", "2024",
        ]
        for _ in 0..<750 {
            let length = Int(pick(["1", "2", "3", "4", "5", "6", "7"])) ?? 1
            let text = pick(["", "", "+", "-", ".", "0"]) + (0..<length).map { _ in pick(parts) }.joined()
            let (found, expected) = (LegacyScalar.difference(of: text), try Self.expected(text))
            #expect(found == nil ? expected == nil : expected.map { found?.hasPrefix($0) == true } == true, "\(text)")
        }
    }

    @Test(arguments: [
        "yes", "OFF", "yEs", "017", "-0_7", "0b1", "0x_F", "1:30", "1:60", "12:3:59", "2024-05-22", "1_000", "1_0.5",
        "1.",
        ".5", ".5e3", "1e5", "1.0e5", "1.0e+5", "1.0_0e+5", "1.5e", "+.5", "0", "08", "-", "+", ".", "..", "0.", "1e+",
        "é", "",
    ])
    func wellKnownTrapsAreTold(_ text: String) throws {
        let (found, expected) = (LegacyScalar.difference(of: text), try Self.expected(text))
        #expect(found == nil ? expected == nil : expected.map { found?.hasPrefix($0) == true } == true)
    }
}

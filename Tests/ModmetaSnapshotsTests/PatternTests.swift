import Testing

@testable import ModmetaSnapshots

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool? {
        var steps = Pattern.stepLimit
        return try Pattern(parsing: pattern).matches(text, steps: &steps)
    }

    /// A pattern, texts that match, and texts that do not.
    private static let cases: [(String, [String], [String])] = [
        ("", ["", "a"], []), ("a", ["a", "ba", "bac"], ["", "b"]), ("^a$", ["a"], ["aa", "a\n", "\na"]),
        ("^(a|bc)+$", ["a", "bca", "abc"], ["", "b", "abb"]), ("^a?b*c+$", ["c", "abbcc"], ["ab", "aac"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]), ("^a{2,}$", ["aa", "aaaa"], ["a"]), ("^a{0,2}$", ["", "aa"], ["aaa"]),
        ("^(?:ab){1,2}?$", ["ab", "abab"], ["", "ababab"]), ("^(?<year>[0-9]{4})$", ["2024"], ["20245"]),
        ("^[^a-c]$", ["d", "\n", "😀"], ["a", "c", ""]), ("^[]$", [], ["", "a"]), ("^[^]$", ["\n", "a"], [""]),
        (#"^[\w.-]+$"#, ["a_9.-"], ["a b", ""]), (#"^[a\-z]+$"#, ["a-z"], ["b"]), ("^[-a]+$", ["-a"], ["b"]),
        ("^.$", ["a", "é", "😀"], ["\n", "\r", "\u{2028}", "e\u{301}"]), (#"^\d\D\s\S\w\W$"#, ["1a b_-"], ["aa b_-"]),
        (#"\bcat\b"#, ["a cat!", "cat"], ["concat", "cats"]), (#"^\Bx"#, [], ["x"]), (#"a\Bb"#, ["ab"], ["a b"]),
        (#"^\x41\u0042\u{1F600}\ud83d\ude00$"#, ["AB😀😀"], ["AB"]),
        (#"^\t\n\r\f\v\0\cJ$"#, ["\t\n\r\u{C}\u{B}\0\n"], []),
        (#"^\.\*\+\?\(\)\[\]\{\}\|\^\$\\\/\-$"#, [#".*+?()[]{}|^$\/-"#], []), ("^{a}]$", ["{a}]"], []),
        ("^a{x$", ["a{x"], ["ax"]), ("^(|a)b$", ["b", "ab"], ["aab"]), ("(^a|b$)", ["ax", "xb"], ["xa", "bx"]),
        ("^[\u{e9}]$", ["\u{e9}"], ["e\u{301}"]), (#"^[\s\S]{3}$"#, ["a\nb"], ["ab"]), ("^(a*)*$", ["", "aaa"], ["b"]),
    ]

    @Test(arguments: cases) func matchesAsECMAScriptDoes(_ pattern: String, _ yes: [String], _ no: [String]) throws {
        for text in yes { #expect(try matches(pattern, text) == true, "\(pattern) and \(text)") }
        for text in no { #expect(try matches(pattern, text) == false, "\(pattern) and \(text)") }
    }

    private static let refused: [(String, String)] = [
        ("(", "has a ( that is not closed, at character 2"), (")", "has a ) that closes nothing, at character 1"),
        ("[a", "has a [ that is not closed, at character 3"), ("*a", "repeats nothing, at character 1"),
        ("a**", "repeats a repetition; put the inner one into a group, at character 4"),
        ("^*", "repeats ^, $ or a word boundary, at character 3"), ("[z-a]", "has a range whose ends"),
        (#"(a)\1"#, "refers back to what a group matched"), (#"(?<n>a)\k<n>"#, "refers back to what a group matched"),
        ("a(?=b)", "looks ahead or behind"), ("(?!b)", "looks ahead or behind"), ("(?<=b)a", "looks ahead or behind"),
        ("(?<!b)a", "looks ahead or behind"), ("(?i:a)", "has a group of an unknown kind"),
        (#"\p{L}"#, "has a class of Unicode"),
        (#"\q"#, "has the escape"), (#"\"#, "ends with a backslash"), (#"\u12"#, "has an escape that needs 4"),
        (#"\ud800"#, "has an escape that is no character"), ("a{1001}", "repeats more than 1000 times"),
        ("a{99999999999999999999}", "repeats more than 1000 times"), ("a{3,2}", "has a count whose ends"),
        ("((a{100}){100}){100}", "has more than 4096 parts"), ("(((){1000}){1000}){1000}", "has more than 4096 parts"),
        (String(repeating: "(", count: 33) + String(repeating: ")", count: 33), "nests groups deeper than 32 levels"),
        (String(repeating: "a", count: 1025), "is longer than 1024 bytes"),
    ]

    @Test(arguments: refused) func whatCannotBeMatchedIsRefused(_ pattern: String, _ reason: String) {
        let problem = #expect(throws: PatternProblem.self) { try Pattern(parsing: pattern) }
        #expect(problem?.sentence.hasPrefix(reason) == true, "\(problem?.sentence ?? "")")
    }

    /// Patterns on which engines that try again take exponential or quadratic time.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){20}",
            "^(a?){100}a{100}$",
            "a*a*a*a*a*a*a*b",
        ])
    func noPatternTakesLong(_ pattern: String) throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        var steps = Pattern.stepLimit
        #expect(try Pattern(parsing: pattern).matches(text, steps: &steps) != nil)
        #expect(Pattern.stepLimit - steps < 2 * 5_003 * 2_500)
    }

    @Test func stepsThatAreUsedUpEndIt() throws {
        var steps = 1_000
        let pattern = try Pattern(parsing: "(a*)*b")
        #expect(pattern.matches(String(repeating: "a", count: 10_000), steps: &steps) == nil)
        #expect(pattern.matches("b", steps: &steps) == nil)
    }

    /// Small patterns and texts, compared with Swift's own engine.
    @Test(arguments: 0..<8) func agreesWithAnotherEngine(_ seed: UInt64) throws {
        var random = PatternSource(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        for _ in 0..<150 {
            let text = random.pattern(depth: 3)
            let (pattern, expression) = (try Pattern(parsing: text), try Regex(text))
            for _ in 0..<8 {
                let sample = random.sample()
                var steps = Pattern.stepLimit
                let expected = try expression.firstMatch(in: sample) != nil
                #expect(pattern.matches(sample, steps: &steps) == expected, "\(text) and \(sample)")
            }
        }
    }
}

/// Patterns and texts over few letters, from a seed.
private struct PatternSource {
    var state: UInt64

    private mutating func below(_ limit: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state % limit
    }

    private mutating func pick(_ choices: [String]) -> String { choices[Int(below(UInt64(choices.count)))] }

    mutating func sample() -> String { (0..<below(9)).map { _ in pick(["a", "b", "c", "1", "_", " "]) }.joined() }

    mutating func pattern(depth: Int) -> String {
        let parts = (0..<1 + below(3)).map { _ in part(depth: depth) }.joined()
        return below(4) == 0 ? "\(parts)|\(part(depth: depth))" : parts
    }

    private mutating func part(depth: Int) -> String {
        if depth > 0, below(3) == 0 {
            return pick(["(", "(?:"]) + pattern(depth: depth - 1) + ")"
                + pick(["", "*", "+", "?", "{2}", "{1,2}", "*?"])
        }
        let atom = pick(["a", "b", "c", "1", ".", #"\d"#, #"\w"#, #"\s"#, #"\W"#, "[ab]", "[^a]", "[a-c]", #"[\d_]"#])
        return pick(["", "", "", "^", ""]) + atom + pick(["", "", "", "*", "+", "?", "{0,2}", "{2,}"])
            + pick(["", "", "", "", "$"])
    }
}

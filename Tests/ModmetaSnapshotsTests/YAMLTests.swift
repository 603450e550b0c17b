import Testing

@testable import ModmetaSnapshots

@Suite struct YAMLTests {
    struct Scalar: Sendable {
        var text: String
        var value: DocumentValue
    }

    @Test(arguments: [
        Scalar(text: "1", value: 1), Scalar(text: "-007", value: -7), Scalar(text: "2e-4", value: 0.0002),
        Scalar(text: ".5", value: 0.5), Scalar(text: "1.", value: .number(1)), Scalar(text: "no", value: "no"),
        Scalar(text: "0x10", value: "0x10"), Scalar(text: ".inf", value: .special(.infinity)),
        Scalar(text: "-.Inf", value: .special(.negativeInfinity)), Scalar(text: ".NaN", value: .special(.notANumber)),
        Scalar(text: "NaN", value: "NaN"), Scalar(text: "'.inf'", value: ".inf"), Scalar(text: "inf", value: "inf"),
        Scalar(text: "~", value: nil),
        Scalar(text: "", value: nil), Scalar(text: "True", value: true), Scalar(text: "'1'", value: "1"),
        Scalar(text: "\"no\\n\"", value: "no\n"), Scalar(text: "2024-05-22", value: "2024-05-22"),
        Scalar(text: "1e999", value: "1e999"), Scalar(text: "9223372036854775808", value: .number(9223372036854775808)),
        Scalar(text: "[1, {a: b}]", value: [1, ["a": "b"]]), Scalar(text: "1_000", value: "1_000"),
    ])
    func scalars(_ scalar: Scalar) throws {
        #expect(try YAMLReader.value(of: Array("a: \(scalar.text)".utf8), "x.yaml") == ["a": scalar.value])
    }

    @Test(arguments: [
        Scalar(text: "!!str 5", value: "5"), Scalar(text: "!!str 1e-3", value: "1e-3"),
        Scalar(text: "!!str", value: ""),
        Scalar(text: "!!str true", value: "true"), Scalar(text: "!!float 1e-5", value: .number(1e-5)),
        Scalar(text: "!!float 1", value: .number(1)), Scalar(text: "!!float '2.5'", value: .number(2.5)),
        Scalar(text: "!!float .inf", value: .special(.infinity)), Scalar(text: "!!int '7'", value: 7),
        Scalar(text: "!!bool 'true'", value: true), Scalar(text: "!!null ''", value: nil),
        Scalar(text: "!<tag:yaml.org,2002:int> '7'", value: 7),
        // What does not fit, and tags of others, say nothing.
        Scalar(text: "!!int x", value: "x"), Scalar(text: "!!int 1.5", value: 1.5), Scalar(text: "!own 5", value: 5),
        Scalar(text: "!!binary aGk=", value: "aGk="),
    ])
    func tagsSayWhatScalarsAre(_ scalar: Scalar) throws { try scalars(scalar) }

    @Test func aByteOrderMarkIsPassedOver() throws {
        #expect(try YAMLReader.value(of: Array("\u{FEFF}a: 1\n".utf8), "x.yaml") == ["a": 1])
        #expect(try YAMLReader.value(of: Array("\u{FEFF}".utf8), "x.yaml") == .null)
        #expect(YAMLInspection(Array("\u{FEFF}a: yes\n".utf8)).traps.map(\.path) == ["a"])
    }

    @Test func aTagLeavesNothingToTheLoader() {
        let text = "a: !!float 1e-5\nb: !!str 017\nc: !!str yes\nd: !!int 017\ne: 1e-5\nf: !!float 1_0.5\n"
        #expect(YAMLInspection(Array(text.utf8)).traps.map(\.path) == ["d", "e", "f"])
    }

    @Test func whatIsMergedHasLines() {
        let text = """
            base: &base
              lr: 1
            more: &more {<<: *base, wd: 2}
            one:
              <<: [*more, {seed: 3}]
            two: *more
            <<: *base
            """
        let lines = YAMLInspection(Array(text.utf8)).lines
        #expect(lines["one.lr"] == 2 && lines["one.wd"] == 3 && lines["one.seed"] == 5)
        #expect(lines["two.wd"] == 3 && lines["two.lr"] == 2 && lines["lr"] == 2)
        #expect(lines["wd"] == nil && lines["one.x"] == nil)
    }

    @Test func aliasesAreReplaced() throws {
        let value = try YAMLReader.value(of: Array("a: &x [1]\nb: *x\n".utf8), "x.yaml")
        #expect(value == ["a": [1], "b": [1]])
    }

    /// A text that aliases repeat counts as often as it is there: 20,000 times 10,000 bytes are no document.
    @Test func aTextThatAliasesRepeatIsCounted() throws {
        let text = "a: &x \(String(repeating: "t", count: 10_000))\nb: [\(String(repeating: "*x,", count: 20_000))]\n"
        let error = #expect(throws: SnapshotError.self) { try YAMLReader.value(of: Array(text.utf8), "x.yaml") }
        #expect(error?.code == .syntax)
    }

    @Test func canonicallyEqualKeysAreTwo() throws {
        let value = try YAMLReader.value(of: Array("\u{e9}: 1\ne\u{301}: 2\n".utf8), "x.yaml")
        #expect(value["\u{e9}"] == 1 && value["e\u{301}"] == 2)
    }

    /// The longest key that YAML allows over many others: no path of each is kept.
    @Test(.timeLimit(.minutes(1))) func pathsUnderALongKeyAreShort() {
        let key = String(repeating: "k", count: 1000)
        let text = "\(key):\n" + (0..<20_000).map { "  a\($0): yes\n" }.joined()
        let inspection = YAMLInspection(Array(text.utf8))
        #expect(inspection.traps.count == 20_000 && inspection.lines.lines.count < 2)
    }

    @Test(arguments: [
        "a: [", "a: 1\na: 2", "? [1]\n: 2", "a: *nothing", "\u{7}", "a: &x [*x]", "a\n---\nb", bomb, deep,
    ])
    func brokenYAMLIsOneClearError(_ text: String) {
        let error = #expect(throws: SnapshotError.self) { try YAMLReader.value(of: Array(text.utf8), "x.yaml") }
        #expect(error?.code == .syntax)
        #expect(error?.message.hasPrefix("x.yaml ") == true)
        #expect(error?.message.contains("\n") == false)
    }

    /// Aliases that nest deeper than the text does.
    private static let deep =
        "a0: &a0 x\n" + (1...200).map { "a\($0): &a\($0) [[*a\($0 - 1)]]\n" }.joined()

    /// Ten levels of ten aliases.
    private static let bomb =
        "a0: &a0 x\n"
        + (1...10).map { level in
            "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }.joined()

    @Test func everyValueIsReadBack() throws {
        let value: DocumentValue = [
            "plain": "a", "": "", "no": "yes", "number like": "1e5", "- dash": "- dash",
            "text": "a: b # c\n\t\u{1}é\u{85}\u{2028}😀",
            "nested": [
                [], [[1, [2]]], .object([]), ["a": ["b": [nil, true, 0.1, 1e300, -0.5]]], [["x": [1], "y": 2]],
            ],
            "big": .integer(.max), "whole": .number(3), "<<": ["a": 1],
            ".inf": [".nan", "NaN", "=", "0o17", "1_000", "1:30"],
        ]
        #expect(try YAMLReader.value(of: Array(value.yaml.utf8), "x.yaml") == value)
    }

    /// A number without a point, or without a sign in its exponent, is text to YAML 1.1.
    private static let numbers: [(Double, String)] = [
        (1e-5, "1.0e-05"), (1.5e-8, "1.5e-08"), (1e16, "1.0e+16"), (-2e300, "-2.0e+300"), (0.5, "0.5"), (3, "3.0"),
        (Double.leastNonzeroMagnitude, "5.0e-324"), (Double.infinity, ".inf"), (-Double.infinity, "-.inf"),
        (Double.nan, ".nan"),
    ]

    @Test(arguments: numbers)
    func everyLoaderReadsNumbersAsNumbers(_ value: Double, _ text: String) {
        #expect(DocumentValue.object([.init("a", .real(value))]).yaml == "a: \(text)\n")
    }

    @Test func mergedKeysCountLess() throws {
        let text = """
            base: &base {lr: 1, wd: 2}
            more: &more {wd: 3, seed: 4}
            run:
              <<: [*base, *more]
              lr: 5
            one:
              lr: 6
              <<: *more
            text: {"<<": 7}
            """
        let value = try YAMLReader.value(of: Array(text.utf8), "x.yaml")
        #expect(value["run"] == ["lr": 5, "wd": 2, "seed": 4])
        #expect(value["one"] == ["lr": 6, "wd": 3, "seed": 4])
        #expect(value["text"] == ["<<": 7])
    }

    @Test(arguments: ["a: {<<: 1}", "a: {<<: [{b: 1}, 2]}", "<<: text"])
    func whatCannotBeMergedIsRefused(_ text: String) {
        let error = #expect(throws: SnapshotError.self) { try YAMLReader.value(of: Array(text.utf8), "x.yaml") }
        #expect(error?.message == "x.yaml merges what is no mapping at line 1")
    }

    @Test func aKeyGivenTwiceIsNamedWithItsLines() {
        let error = #expect(throws: SnapshotError.self) {
            try YAMLReader.value(of: Array("x:\n  lr: 1\n  wd: 2\n  lr: 3\n".utf8), "x.yaml")
        }
        #expect(error?.message == "x.yaml has the key lr twice, at the lines 2 and 4")
    }
}

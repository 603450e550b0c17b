import Testing

@testable import ModmetaSnapshots

@Suite struct TOMLTests {
    private func value(_ text: String) throws -> DocumentValue {
        try DocumentValue(reading: Array(text.utf8), path: "x.toml")
    }

    /// TOML texts, each with the canonical JSON of its value.
    private static let values: [(String, String)] = [
        ("1", "1"), ("+1_000", "1000"), ("-0", "0"), ("0xDEAD_beef", "3735928559"), ("0o17", "15"), ("0b101", "5"),
        ("2e-4", "0.0002"), ("1_0.5_0", "10.5"), ("6.26e-34", "6.26e-34"), ("true", "true"), ("false", "false"),
        ("inf", #""Infinity""#), ("-inf", #""-Infinity""#), ("+nan", #""NaN""#), ("2024-05-22", #""2024-05-22""#),
        ("2024-05-22 07:32:00", #""2024-05-22 07:32:00""#), ("07:32:00", #""07:32:00""#),
        ("2024-05-22T07:32:00.5-07:00", #""2024-05-22T07:32:00.5-07:00""#),
        (#""a\tb\u00e9\U0001F600""#, #""a\tbé😀""#), (#"'C:\x'"#, #""C:\\x""#), ("\"\"", "\"\""), ("''", "\"\""),
        ("\"\"\"\na\\\n   b \"\"quoted\"\"\"\"\"", #""ab \"\"quoted\"\"""#), ("'''\n''x'''", #""''x""#),
        ("[1, [2.5, 'x'], {a = 1, b.c = 2}, # end\n]", #"[1,[2.5,"x"],{"a":1,"b":{"c":2}}]"#), ("{}", "{}"),
    ]

    @Test(arguments: values) func everyKindOfValue(_ text: String, _ json: String) throws {
        let value = try value("a = \(text) # comment\n")
        #expect(String(decoding: value.canonicalJSON, as: UTF8.self) == "{\"a\":\(json)}")
    }

    @Test func tablesNestAndRepeat() throws {
        let text = """
            title = "run" # a comment
            [training]\r
            learning_rate = 1e-5
            optimizer.name = "adamw"
            optimizer.betas = [0.9, 0.999]
            [training.optimizer.more]
            x = 1
            [[data]]
            path = 'a'
            [data.split]
            train = 0.9
            [[data]]
            "path" = 'b'
            [a.b.c]
            [a]
            d = 1
            """
        let json =
            #"{"a":{"b":{"c":{}},"d":1},"data":[{"path":"a","split":{"train":0.9}},{"path":"b"}],"title":"run","training":"#
            + #"{"learning_rate":0.00001,"optimizer":{"betas":[0.9,0.999],"more":{"x":1},"name":"adamw"}}}"#
        #expect(String(decoding: try value(text).canonicalJSON, as: UTF8.self) == json)
    }

    private static let broken: [String] = [
        "a", "a = ", "a = 1 b = 2", "= 1", "a = 01", "a = 1_", "a = _1", "a = 1__0", "a = 1.", "a = .5", "a = 0x",
        "a = +0x1", "a = 1\na = 2", "a = 1\na.b = 2", "[a]\n[a]", "[a]\nb.c = 1\n[a.b]", "[a.b]\n[a]\nb.c = 1",
        "a = []\n[[a]]", "[[a]]\n[a]", "[a]\n[[a]]", "a = {b = 1}\n[a.c]", "a = {b = 1,}", "a = {\nb = 1}",
        "a = {b = 1, b = 2}", "a = [1 2]", "a = [1", "a = \"x", "a = \"\nx\"", "a = \"\\x\"", "a = \"\\ud800\"",
        "a = 'x\u{1}'", "[a", "[a]]", "[[a]", "[]", "[a..b]", "a = 2024-5-22", "a = 9223372036854775808", "a = yes",
        "a = 1\rb = 2", "# \u{1}", "a = 0o8", "a = 1e", "a.b.c",
    ]

    @Test(arguments: broken) func whatIsNotTOMLIsOneClearError(_ text: String) {
        let error = #expect(throws: SnapshotError.self) { try value(text) }
        #expect(error?.code == .syntax)
        #expect(error?.message.hasPrefix("x.toml is not TOML: ") == true)
        #expect(error?.message.contains(" at line ") == true)
    }

    @Test func whatIsNestedTooDeepIsRefused() {
        let key = Array(repeating: "a", count: 100_000).joined(separator: ".")
        let texts: [String] = [
            "a = " + String(repeating: "[", count: 100_000), "a = " + String(repeating: "{a=", count: 100_000),
            key + " = 1", "[" + key + "]",
        ]
        for text in texts { #expect(throws: SnapshotError.self) { try value(text) } }
    }

    @Test func oneSettingInThreeLanguagesIsOneContext() throws {
        let toml = try value("lr = 1e-5\nnorm = inf\nnames = ['a']\n[lora]\nr = 8")
        let yaml = try DocumentValue(
            reading: Array("lr: 1e-5\nnorm: .inf\nnames: [a]\nlora: {r: 8}".utf8), path: "x.yaml")
        let json = try DocumentValue(
            reading: Array(#"{"lr": 0.00001, "norm": Infinity, "names": ["a"], "lora": {"r": 8}}"#.utf8),
            path: "x.json")
        #expect(toml == yaml)
        #expect(json.canonicalJSON == yaml.canonicalJSON)
    }

    @Test func findingsNameTheLine() throws {
        let schema = try HyperparameterSchema.builtIn()
        let check = try schema.check(Array("# x\n\nlerning_rate = 1e-5\nepochs = [\n1]".utf8), path: "x.toml")
        #expect(check.findings.first { $0.key == "lerning_rate" }?.line == 3)
    }
}

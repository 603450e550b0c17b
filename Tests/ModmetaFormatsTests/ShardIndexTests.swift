import ModmetaFormats
import Testing

/// Reading the index of a sharded checkpoint, and refusing hostile ones.
@Suite struct ShardIndexTests {
    @Test func readsAnIndex() throws {
        let text = """
            {"metadata": {"total_size": 12, "note": [1.5, {"a": null}]},
             "weight_map": {"b": "m-00002-of-00002.bin", "a": "m-00001-of-00002.bin", "c": "m-00001-of-00002.bin"}, "x": 1}
            """
        let index = try ShardIndex(parsing: Array(text.utf8))
        #expect(index.files == ["a": "m-00001-of-00002.bin", "b": "m-00002-of-00002.bin", "c": "m-00001-of-00002.bin"])
        #expect(index.shards == ["m-00001-of-00002.bin", "m-00002-of-00002.bin"])
        #expect(index.totalSize == 12)
    }

    @Test func aSizeThatIsNoWholeNumberSaysNothing() throws {
        let index = try ShardIndex(parsing: Array(#"{"metadata":{"total_size":1.5e9},"weight_map":{}}"#.utf8))
        #expect(index.totalSize == nil)
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let what: String
        let text: String
        var message = "the index names"
        var testDescription: String { what }

        init(_ what: String, file: String) { (self.what, text) = (what, #"{"weight_map":{"a":"\#(file)"}}"#) }
        init(_ what: String, _ text: String, _ message: String) {
            (self.what, self.text, self.message) = (what, text, message)
        }
    }

    static let hostile = [
        Hostile("parent", file: "../model.safetensors"), Hostile("absolute", file: "/etc/x.safetensors"),
        Hostile("folder", file: "a/model.safetensors"), Hostile("backslash", file: #"..\\model.safetensors"#),
        Hostile("escaped slash", file: #"..\/model.safetensors"#), Hostile("hidden", file: ".ssh.bin"),
        Hostile("escaped characters", file: #"\u002e\u002e\u002fx.bin"#), Hostile("nul", file: #"a\u0000.bin"#),
        Hostile("line break", file: #"a\nb.bin"#), Hostile("other kind", file: "config.json"),
        Hostile("no kind", file: "model"), Hostile("empty", file: ""), Hostile("dots", file: ".."),
        Hostile("long", file: String(repeating: "a", count: 300) + ".bin"),
        Hostile("no map", "{}", "the index has no weight_map"),
        Hostile("list", #"{"weight_map":[]}"#, "the JSON text has an unexpected byte"),
        Hostile("number", #"{"weight_map":{"a":1}}"#, "the JSON text has an unexpected byte"),
        Hostile("twice", #"{"weight_map":{"a":"x.bin","a":"y.bin"}}"#, "the key 'a' occurs twice"),
        Hostile("two maps", #"{"weight_map":{},"weight_map":{}}"#, "the key 'weight_map' occurs twice"),
        Hostile("cut off", #"{"weight_map":{"a":"x.bin""#, "the JSON text ends"),
        Hostile("nested", #"{"x":"# + String(repeating: "[", count: 100_000), "the JSON text nests"),
        Hostile("trailing", #"{"weight_map":{}} x"#, "the JSON text continues"),
        Hostile("nothing", "", "the JSON text ends"),
    ]

    @Test(arguments: hostile)
    func refusesAnIndexThatLies(_ hostile: Hostile) throws {
        let error = #expect(throws: FormatError.self) { try ShardIndex(parsing: Array(hostile.text.utf8)) }
        #expect(error?.message.hasPrefix(hostile.message) == true, "\(error?.message ?? "")")
    }
}

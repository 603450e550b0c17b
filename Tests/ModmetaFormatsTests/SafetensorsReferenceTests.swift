import Testing

@testable import ModmetaFormats

/// Headers that safetensors 0.8.0 loads, as reported by it, with a tensor of four bytes.
@Suite struct SafetensorsReferenceTests {
    private static let tensor = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#

    private static let headers: [String] = [
        #"{"__metadata__":null,"w":\#(tensor)}"#, #"{"w":\#(tensor),"__metadata__": null }"#, #"  {"w":\#(tensor)}"#,
        "\n\t\r {\"w\":\(tensor)}", "                    {\"w\":\(tensor)}", "{\"w\":\(tensor)} \n",
        #"{"w":\#(tensor),"e":{"dtype":"U8","shape":[0,18446744073709551615,2],"data_offsets":[0,0]}}"#,
        #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":{"y":[1.5,null]}}}"#, #"{"\u0077":\#(tensor)}"#,
    ]

    @Test(arguments: headers) func whatTheReferenceLoadsIsRead(_ json: String) throws {
        let file = SafetensorsFile(json, data: 4)
        let reading = try Layout.read(MemorySource(file.header + [1, 2, 3, 4]))
        #expect(reading.violation == nil)
        #expect(reading.layout.tensors.contains { $0.name == "w" && $0.dtype == "F32" && $0.range.count == 4 })
    }

    @Test(arguments: [
        ("model.safetensors.index.json", ["model-00003-of-00002.safetensors", "model.safetensors"]),
        ("pytorch_model.bin.index.json", ["pytorch_model-9.bin"]), ("other.index.json", []),
    ])
    func filesThatAnIndexDoesNotListAreFound(_ index: String, _ unlisted: [String]) {
        let names = [
            "model-00001-of-00002.safetensors", "model-00003-of-00002.safetensors", "model.safetensors", "modelling.py",
            "pytorch_model-9.bin", "adapter_model.safetensors", "other",
        ]
        let listed = ["model-00001-of-00002.safetensors"]
        #expect(ShardIndex.unlisted(among: names, beside: index, listed: listed) == unlisted)
    }
}

import ModmetaFormats
import Testing

@Suite struct SafetensorsLayoutTests {
    @Test func readsTensorsInTheOrderOfTheirBytes() throws {
        let file = SafetensorsFile(
            #"{"b":{"shape":[2,3],"dtype":"BF16","data_offsets":[4,16]},"__metadata__":{"format":"pt","n":""},"#
                + #""a":{"dtype":"F32","extra":[{"x":null}],"shape":[],"data_offsets":[0,4]}}   "#, data: 16)
        let start = UInt64(file.header.count)
        let layout = try SafetensorsLayout.parse(header: file.header, fileSize: file.size)
        #expect(
            layout
                == Layout(
                    format: .safetensors, size: file.size,
                    tensors: [
                        .init(name: "a", dtype: "F32", element: .float32, shape: [], range: start..<start + 4),
                        .init(
                            name: "b", dtype: "BF16", element: .bfloat16, shape: [2, 3], range: start + 4..<start + 16),
                    ]))
        try layout.validate()
    }

    @Test func acceptsEmptyTensorsAndNoTensors() throws {
        let empty = SafetensorsFile("{}", data: 0)
        #expect(try SafetensorsLayout.parse(header: empty.header, fileSize: empty.size).tensors.isEmpty)

        let file = SafetensorsFile(
            #"{"z":{"dtype":"F32","shape":[0],"data_offsets":[1,1]},"y":{"dtype":"F4","shape":[3,0,9999999999999999999],"#
                + #""data_offsets":[1,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1)
        let layout = try SafetensorsLayout.parse(header: file.header, fileSize: file.size)
        #expect(layout.tensors.map(\.name) == ["x", "y", "z"])
        #expect(layout.tensors[1].range.isEmpty)
        try layout.validate()
    }

    @Test func ignoresBytesBehindTheHeader() throws {
        let file = SafetensorsFile(#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, data: 3)
        let layout = try SafetensorsLayout.parse(header: file.header + [0x7D, 0x7D, 0x7D], fileSize: file.size)
        #expect(layout.tensors[0].range == file.size - 3..<file.size)
    }

    struct ElementType: Sendable {
        let dtype: String
        let bytesOfEight: UInt64
        let element: ElementKind
        init(_ dtype: String, _ bytesOfEight: UInt64, _ element: ElementKind) {
            (self.dtype, self.bytesOfEight, self.element) = (dtype, bytesOfEight, element)
        }
    }

    @Test(arguments: [
        ElementType("BOOL", 8, .byte), ElementType("U8", 8, .integer8), ElementType("I8", 8, .integer8),
        ElementType("F4", 4, .packedFloat4), ElementType("F6_E2M3", 6, .byte), ElementType("F6_E3M2", 6, .byte),
        ElementType("F8_E5M2", 8, .float8E5M2), ElementType("F8_E4M3", 8, .float8E4M3),
        ElementType("F8_E8M0", 8, .integer8),
        ElementType("F8_E4M3FNUZ", 8, .float8E4M3), ElementType("F8_E5M2FNUZ", 8, .float8E5M2),
        ElementType("I16", 16, .integer16), ElementType("U16", 16, .integer16), ElementType("F16", 16, .float16),
        ElementType("BF16", 16, .bfloat16), ElementType("I32", 32, .integer32), ElementType("U32", 32, .integer32),
        ElementType("F32", 32, .float32), ElementType("C64", 64, .float32), ElementType("F64", 64, .float64),
        ElementType("I64", 64, .integer64), ElementType("U64", 64, .integer64),
    ])
    func knowsTheElementType(_ type: ElementType) throws {
        let file = SafetensorsFile(
            #"{"t":{"dtype":"\#(type.dtype)","shape":[4,2],"data_offsets":[0,\#(type.bytesOfEight)]}}"#,
            data: type.bytesOfEight)
        let tensor = try SafetensorsLayout.parse(header: file.header, fileSize: file.size).tensors[0]
        #expect(tensor.dtype == type.dtype)
        #expect(tensor.element == type.element)
        #expect(UInt64(tensor.range.count) == type.bytesOfEight)
    }

    @Test func keepsNamesByteForByte() throws {
        let file = SafetensorsFile(
            #"{"e\u0301\n\ud83d\ude00":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, data: 0)
        let tensor = try SafetensorsLayout.parse(header: file.header, fileSize: file.size).tensors[0]
        #expect(Array(tensor.name.utf8) == Array("e\u{301}\n\u{1F600}".utf8))
    }
}

import ModmetaFormats
import Testing

@Suite struct LayoutReadingTests {
    @Test func sniffsSafetensors() {
        let file = SafetensorsFile("{}", data: 0)
        #expect(Layout.Format.sniff(prefix: Array(file.header.prefix(9)), fileSize: file.size) == .safetensors)
        #expect(Layout.Format.sniff(prefix: Array(file.header.prefix(8)), fileSize: file.size) == .opaque)
        #expect(Layout.Format.sniff(prefix: file.header, fileSize: file.size - 1) == .opaque)
        #expect(Layout.Format.sniff(prefix: [1, 0, 0, 0, 0, 0, 0, 0, 0x7B], fileSize: 9) == .opaque)
        #expect(Layout.Format.sniff(prefix: [2, 0, 0, 0, 0, 0, 0, 0, 0x5B, 0x5D], fileSize: 10) == .opaque)
        #expect(Layout.Format.sniff(prefix: [], fileSize: 0) == .opaque)
        #expect(Layout.Format.sniff(prefix: Array("GGUF\u{3}\0\0\0{".utf8), fileSize: 1 << 40) == .opaque)
    }

    @Test func givesABrokenFileBackAsOpaqueWithTheError() {
        let file = SafetensorsFile(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 2)
        let reading = Layout.read(header: file.header, fileSize: file.size)
        #expect(reading.layout == .opaque(size: file.size))
        #expect(reading.violation?.message == "the file has 1 bytes behind its last tensor")
    }

    @Test func readsGoodFilesWithoutAViolation() {
        let file = SafetensorsFile(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1)
        let reading = Layout.read(header: file.header, fileSize: file.size)
        #expect(reading.layout.tensors.map(\.name) == ["a"])
        #expect(reading.violation == nil)
        #expect(Layout.read(header: Array("plain text".utf8), fileSize: 10) == .init(layout: .opaque(size: 10)))
    }
}

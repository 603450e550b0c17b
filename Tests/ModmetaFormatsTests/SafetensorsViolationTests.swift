import ModmetaFormats
import Testing

@Suite struct SafetensorsViolationTests {
    struct Violation: Sendable, CustomTestStringConvertible {
        let name: String
        let json: String
        var data: UInt64 = 4
        /// The text at whose first byte the error occurs; nil for an offset from the start of the data.
        let place: String?
        var dataOffset: UInt64 = 0
        let message: String
        var code: FormatError.Code = .malformed
        var testDescription: String { name }
    }

    private static func tensor(_ name: String, _ dtype: String = "F32", _ shape: String = "[1]", _ offsets: String)
        -> String
    {
        #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    private static let a = tensor("a", "[0,4]")

    static let violations = [
        Violation(
            name: "array", json: "[]", data: 0, place: "[",
            message: "the JSON text has an unexpected byte in place of the '{' of the header"),
        Violation(
            name: "byte order mark", json: "\u{FEFF}{}", data: 0, place: "\u{FEFF}",
            message: "the JSON text has an unexpected byte in place of the '{' of the header"),
        Violation(
            name: "metadata is a list", json: "{\"__metadata__\": []}", data: 0, place: "[]",
            message: "the JSON text has an unexpected byte in place of the '{' of __metadata__"),
        Violation(
            name: "large dimensions before a zero",
            json: "{\"a\":{\"dtype\":\"U8\",\"shape\":[18446744073709551615,2,0],\"data_offsets\":[0,0]}}", data: 0,
            place: "\"a\"", message: "the tensor 'a' has a shape that does not fit in 64 bits"),
        Violation(
            name: "trailing text", json: "{\(a)} x", place: "x", message: "the JSON text continues after its value"),
        Violation(
            name: "same tensor twice", json: "{\(a), \(a)}", place: nil,
            message: "the key 'a' occurs twice in the header"),
        Violation(
            name: "same field twice", json: #"{"a":{"dtype":"F32","dtype":"F32"}}"#, place: nil,
            message: "the key 'dtype' occurs twice in the description of a tensor"),
        Violation(
            name: "metadata of a number", json: #"{"__metadata__":{"step": 50},\#(a)}"#, place: "50",
            message: "the value of 'step' in __metadata__ is not a string"),
        Violation(
            name: "unknown dtype", json: "{\(tensor("a", "F31", "[1]", "[0,4]"))}", place: "\"F31",
            message: "'F31' is not a safetensors dtype"),
        Violation(
            name: "no dtype", json: #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, place: "\"a",
            message: "the tensor 'a' has no dtype"),
        Violation(
            name: "no shape", json: #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, place: "\"a",
            message: "the tensor 'a' has no shape"),
        Violation(
            name: "no offsets", json: #"{"a":{"dtype":"F32","shape":[1]}}"#, place: "\"a",
            message: "the tensor 'a' has no data_offsets"),
        Violation(
            name: "shape overflow", json: "{\(tensor("a", "F32", "[4294967296,4294967296]", "[0,4]"))}", place: "\"a",
            message: "the tensor 'a' has a shape that does not fit in 64 bits"),
        Violation(
            name: "bits overflow", json: "{\(tensor("a", "U8", "[2305843009213693953]", "[0,4]"))}", place: "\"a",
            message: "the tensor 'a' has a shape that does not fit in 64 bits"),
        Violation(
            name: "half a byte", json: "{\(tensor("a", "F4", "[7]", "[0,4]"))}", place: "\"a",
            message: "the tensor 'a' has 28 bits, which is not a whole number of bytes"),
        Violation(
            name: "wrong length", json: "{\(tensor("a", "F32", "[2]", "[0,4]"))}", place: "\"a",
            message: "the tensor 'a' has 4 bytes; its shape and dtype need 8"),
        Violation(
            name: "offsets backwards", json: "{\(tensor("a", "[4,0]"))}", place: "]}",
            message: "data_offsets end before they begin"),
        Violation(
            name: "three offsets", json: "{\(tensor("a", "[0,4,8]"))}", place: ",8]",
            message: "the JSON text has an unexpected byte in place of the ']' of data_offsets"),
        Violation(
            name: "fraction", json: "{\(tensor("a", "F32", "[1.0]", "[0,4]"))}", place: "1.0",
            message: "an extent of a shape is not a whole number"),
        Violation(
            name: "negative", json: "{\(tensor("a", "F32", "[-1]", "[0,4]"))}", place: "-1",
            message: "an extent of a shape is not an integer of 0 or more"),
        Violation(
            name: "beyond the file", json: "{\(a)}", data: 3, place: "\"a",
            message: "the tensor 'a' ends at byte 4 of 3 bytes of data"),
        Violation(
            name: "gap at the start", json: "{\(tensor("a", "[4,8]"))}", data: 8, place: "\"a",
            message: "no tensor covers the bytes 62 to 66, before 'a'"),
        Violation(
            name: "overlap", json: "{\(tensor("b", "[3,7]")),\(a)}", data: 7, place: "\"b",
            message: "the tensor 'b' overlaps 'a'"),
        Violation(
            name: "empty tensor inside another", json: "{\(a),\(tensor("e", "F32", "[0]", "[2,2]"))}", place: "\"e",
            message: "the tensor 'e' overlaps 'a'"),
        Violation(
            name: "bytes after the last", json: "{\(a)}", data: 9, place: nil, dataOffset: 4,
            message: "the file has 5 bytes after its last tensor"),
        Violation(
            name: "too many dimensions",
            json: "{\(tensor("a", "F32", "[1\(String(repeating: ",1", count: 64))]", "[0,4]"))}",
            place: "1],", message: "a shape has more than 64 dimensions", code: .limitExceeded),
        Violation(
            name: "name too long", json: "{\(tensor(String(repeating: "n", count: 65_536), "[0,4]"))}", place: "\"n",
            message: "the name of a tensor is longer than 65535 bytes", code: .limitExceeded),
    ]

    private static func tensor(_ name: String, _ offsets: String) -> String { tensor(name, "F32", "[1]", offsets) }

    @Test(arguments: violations)
    func namesTheRuleAndThePlace(_ violation: Violation) throws {
        let file = SafetensorsFile(violation.json, data: violation.data)
        let error = #expect(throws: FormatError.self) {
            try SafetensorsLayout.parse(header: file.header, fileSize: file.size)
        }
        #expect(error?.message == violation.message)
        #expect(error?.code == violation.code)
        if let place = violation.place {
            #expect(error?.offset == file.header.firstOffset(of: place))
        } else if violation.dataOffset > 0 {
            #expect(error?.offset == UInt64(file.header.count) + violation.dataOffset)
        } else {
            let key = try #require(violation.message.split(separator: "'").dropFirst().first)
            #expect(error?.offset == file.header.lastOffset(of: "\"\(key)\""))
        }
    }

    @Test func refusesPrefixes() {
        func headerLength(_ bytes: [UInt8], _ size: UInt64) -> FormatError? {
            #expect(throws: FormatError.self) { try SafetensorsLayout.headerLength(prefix: bytes, fileSize: size) }
        }
        #expect(headerLength([1, 2, 3], 100)?.code == .truncated)
        #expect(headerLength([2, 0, 0, 0, 0, 0, 0, 0], 7)?.code == .truncated)
        #expect(headerLength([0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0], .max)?.code == .limitExceeded)
        #expect(headerLength([255, 255, 255, 255, 255, 255, 255, 255], .max)?.code == .limitExceeded)
        #expect(headerLength([3, 0, 0, 0, 0, 0, 0, 0], 10)?.code == .truncated)
        #expect(throws: Never.self) {
            try SafetensorsLayout.headerLength(prefix: [0x00, 0xE1, 0xF5, 0x05, 0, 0, 0, 0], fileSize: .max)
        }
    }

    @Test func refusesAnIncompleteHeader() {
        let file = SafetensorsFile("{}      ", data: 0)
        let error = #expect(throws: FormatError.self) {
            try SafetensorsLayout.parse(header: Array(file.header.dropLast()), fileSize: file.size)
        }
        #expect(error?.code == .truncated)
        #expect(error?.offset == 15)
    }

    @Test func boundsMetadata() {
        let members = (0...1 << 20).map { "\"\($0)\":\"\"" }.joined(separator: ",")
        let file = SafetensorsFile("{\"__metadata__\":{\(members)}}", data: 0)
        let error = #expect(throws: FormatError.self) {
            try SafetensorsLayout.parse(header: file.header, fileSize: file.size)
        }
        #expect(error?.code == .limitExceeded)
    }
}

extension [UInt8] {
    fileprivate func firstOffset(of text: String) -> UInt64? {
        let text = Array(text.utf8)
        return indices.first { self[$0...].starts(with: text) }.map { UInt64($0) }
    }

    fileprivate func lastOffset(of text: String) -> UInt64? {
        let text = Array(text.utf8)
        return indices.last { self[$0...].starts(with: text) }.map { UInt64($0) }
    }
}

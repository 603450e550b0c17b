import ModmetaFormats
import ModmetaLFS
import Testing

/// What a client sends, and what one may send.
@Suite struct BatchRequestTests {
    private static let name = SHA256.hash([1]).hex

    private func parse(_ text: String) throws -> BatchRequest { try BatchRequest(parsing: Array(text.utf8)) }

    @Test func spelling() throws {
        let request = BatchRequest(
            operation: .upload, objects: [BatchObject(id: ObjectID(SHA256.hash([1])), size: 12)],
            ref: "refs/heads/a\"b\\\u{1}")
        let text = #"""
            {"operation":"upload","transfers":["basic"],"ref":{"name":"refs/heads/a\"b\\\u0001"},"objects":[{"oid":"\#(Self.name)","size":12}],"hash_algo":"sha256"}
            """#
        #expect(String(decoding: request.serialized(), as: UTF8.self) == text)
        #expect(try parse(text) == request)
    }

    @Test func whatIsSerializedIsParsedAgain() throws {
        let objects = (0..<BatchRequest.parsedObjectLimit).map {
            BatchObject(id: ObjectID(SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)])), size: .max - UInt64($0))
        }
        for request in [
            BatchRequest(operation: .download, objects: objects, transfers: ["multipart", "basic"]),
            BatchRequest(operation: .upload, objects: [], transfers: [], ref: "模型", hashAlgorithm: nil),
        ] {
            #expect(try BatchRequest(parsing: request.serialized()) == request)
        }
        #expect(try BatchObject(parsing: objects[7].serialized()) == objects[7])
    }

    /// As git-lfs 3 sends it, and as its documentation allows.
    @Test func requestsOfOthers() throws {
        let request = try parse(
            #"""
            {"operation":"download","objects":[{"oid":"\#(Self.name)","size":0,"extra":{}}],"transfers":["lfs-standalone-file","basic","ssh"],
             "ref":{"name":"refs/heads/main","x":1},"hash_algo":"sha256","future":[[[]]]}
            """#)
        #expect(request.operation == .download && request.ref == "refs/heads/main" && request.objects.count == 1)
        #expect(request.transfers == ["lfs-standalone-file", "basic", "ssh"])
        let least = try parse(#"{"operation":"upload","transfers":null,"ref":null,"objects":[]}"#)
        #expect(least == BatchRequest(operation: .upload, objects: [], transfers: [], hashAlgorithm: nil))
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"objects":[]}"#, #"{"operation":"steal","objects":[]}"#, #"{"operation":7}"#,
        #"{"operation":"upload","objects":[{"oid":"../../etc/passwd","size":1}]}"#,
        #"{"operation":"upload","objects":[{"size":1}]}"#, #"{"operation":"upload","objects":null}"#,
        #"{"operation":"upload","transfers":[1]}"#, #"{"operation":"upload","operation":"upload"}"#,
        #"{"operation":"upload"} {"#,
    ])
    func malformed(_ text: String) {
        let error = #expect(throws: FormatError.self) { try parse(text) }
        #expect(error?.code != .limitExceeded)
    }

    @Test(arguments: ["-1", "1.5", "1e3", "18446744073709551616", "\"1\"", "null", "01"])
    func sizesThatAreNone(_ size: String) {
        #expect(throws: FormatError.self) {
            try parse("{\"operation\":\"upload\",\"objects\":[{\"oid\":\"\(Self.name)\",\"size\":\(size)}]}")
        }
    }

    @Test(arguments: ["4D", "g", "\u{e9}"])
    func namesThatAreNone(_ start: String) {
        let name = start + String(repeating: "0", count: 64 - start.count)
        let error = #expect(throws: FormatError.self) {
            try BatchObject(parsing: Array("{\"oid\":\"\(name)\",\"size\":1}".utf8))
        }
        #expect(error?.message.contains("64 lower-case hexadecimal digits") == true)
    }

    @Test func boundsHold() {
        let object = "{\"oid\":\"\(Self.name)\",\"size\":1}"
        let objects = Array(repeating: object, count: BatchRequest.parsedObjectLimit + 1).joined(separator: ",")
        let transfers = Array(repeating: "\"basic\"", count: BatchRequest.transferLimit + 1).joined(separator: ",")
        for text in [
            "{\"operation\":\"upload\",\"objects\":[\(objects)]}",
            "{\"operation\":\"upload\",\"transfers\":[\(transfers)]}",
            "{\"x\":" + String(repeating: "[", count: 100_000),
            String(repeating: " ", count: BatchRequest.byteLimit + 1),
        ] {
            let error = #expect(throws: FormatError.self) { try parse(text) }
            #expect(error?.code == .limitExceeded)
        }
    }
}

import ModmetaFormats
import ModmetaLFS
import Testing

/// What a server may answer, and what it may not.
@Suite struct BatchResponseTests {
    private static let names = (0..<3).map { SHA256.hash([UInt8($0)]).hex }

    private func parse(_ text: String) throws -> BatchResponse { try BatchResponse(parsing: Array(text.utf8)) }

    @Test func answerOfAServer() throws {
        let answer = try parse(
            #"""
            {"transfer":"basic","hash_algo":"sha256","unknown":[1,{"a":null}],"objects":[
              {"oid":"\#(Self.names[0])","size":12,"authenticated":true,"actions":{
                "upload":{"href":"https://h/1","header":{"Key":"value"},"expires_in":3600,"expires_at":"0001-01-01T00:00:00Z"},
                "verify":{"href":"https://h/2","header":null},"other":{"href":7}}},
              {"oid":"\#(Self.names[1])","size":0,"actions":null,"error":null},
              {"oid":"\#(Self.names[2])","error":{"code":404,"message":"no"}},
              {"oid":"ab"},{"oid":"\#(Self.names[0].uppercased())"}]}
            """#)
        #expect(answer.objects.map(\.id.hex) == Self.names)
        let first = try #require(answer.objects.first)
        #expect(first.isAuthenticated && first.size == 12 && first.actions.all.count == 2)
        #expect(first.actions.upload?.header == [LFSHeaderField("Key", "value")])
        #expect(first.actions.upload?.lifetime(at: 1_700_000_000) == 3600)
        #expect(first.actions.verify == LFSAction(href: "https://h/2"))
        #expect(answer.objects[1].actions.all.isEmpty && answer.objects[1].error == nil)
        #expect(answer.objects[2].error == BatchResponse.ObjectError(code: 404, message: "no"))
    }

    struct Expiry: Sendable, CustomTestStringConvertible {
        var members: String
        var lifetime: Int64?
        var testDescription: String { members }

        init(_ members: String, _ lifetime: Int64?) { (self.members, self.lifetime) = (members, lifetime) }
    }

    @Test(arguments: [
        Expiry(#""expires_in":1"#, 1), Expiry(#""expires_in":900"#, 900), Expiry(#""expires_in":-5"#, -1),
        Expiry(#""expires_in":0"#, nil), Expiry(#""expires_in":"soon""#, nil), Expiry(#""expires_in":null"#, nil),
        Expiry(#""expires_in":9223372036854775807"#, 1 << 31),
        Expiry(#""expires_in":-9223372036854775808"#, -1),
        Expiry(#""expires_at":"2023-11-14T22:13:20Z""#, -1), Expiry(#""expires_at":"2023-11-14T22:13:21Z""#, 1),
        Expiry(#""expires_at":"2023-11-14T22:14:20.123Z""#, 60),
        Expiry(#""expires_at":"2023-11-15T00:14:20+02:00""#, 60),
        Expiry(#""expires_at":"2023-11-14T23:13:20+01:00""#, -1),
        Expiry(#""expires_at":"0001-01-01T00:00:00Z""#, nil), Expiry(#""expires_at":"9999-12-31T23:59:59Z""#, 1 << 31),
        Expiry(#""expires_at":"tomorrow""#, nil), Expiry(#""expires_at":7"#, nil),
        Expiry(#""expires_in":7,"expires_at":"2023-11-14T22:14:20Z""#, 7),
    ])
    func expiry(_ given: Expiry) throws {
        let action = try LFSAction(parsing: Array("{\"href\":\"https://h/\",\(given.members)}".utf8))
        #expect(action.lifetime(at: 1_700_000_000) == given.lifetime)
    }

    @Test(arguments: [
        "", "[]", "{", "null", #"{"objects":{}}"#, #"{"objects":[1]}"#, #"{"objects":[{"oid":1}]}"#,
        #"{"objects":[{"size":-1}]}"#, #"{"objects":[{"size":1.5}]}"#, #"{"objects":[{"size":18446744073709551616}]}"#,
        #"{"objects":[]} x"#, #"{"objects":[{"error":{"code":-1}}]}"#,
        #"{"objects":[{"error":{"code":99999999999999999999999999}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":7}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"expires_in":99999999999999999999}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"expires_in":-9223372036854775809}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"expires_in":1e3}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":"https://h/","header":{"A":"b\r\nC: d"}}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":"https://h/","header":{"A b":"c"}}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":"https://h/","header":{"":"c"}}}}]}"#,
        #"{"objects":[],"objects":[]}"#,
    ])
    func malformed(_ text: String) {
        #expect(throws: FormatError.self) { try parse(text) }
    }

    @Test func boundsHold() {
        let objects = Array(repeating: #"{"oid":"ab"}"#, count: BatchResponse.objectLimit + 1).joined(separator: ",")
        let fields = (0...LFSAction.fieldLimit).map { "\"f\($0)\":\"\"" }.joined(separator: ",")
        let members = (0...64).map { "\"m\($0)\":0" }.joined(separator: ",")
        let deep = "{\"x\":" + String(repeating: "[", count: 100_000)
        let texts = [
            "{\"objects\":[\(objects)]}", "{\(members)}", "{\"objects\":[{\(members)}]}",
            #"{"objects":[{"actions":{"upload":{"header":{"# + fields + "}}}}]}",
            #"{"objects":[{"actions":{"upload":{"href":""# + String(repeating: "a", count: LFSAction.urlLimit + 1)
                + #""}}}]}"#,
            deep, String(repeating: " ", count: BatchResponse.byteLimit + 1),
        ]
        for text in texts {
            let error = #expect(throws: FormatError.self) { try parse(text) }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func whatIsSerializedIsParsedAgain() throws {
        let action = LFSAction(
            href: "https://h/\"\\\u{7f}ü", header: [.init("B", "x\ty"), .init("A", "")], expiresIn: -1,
            expiresAt: Timestamp(seconds: 1_700_000_000))
        let response = BatchResponse(
            objects: [
                .init(
                    id: ObjectID(SHA256.hash([1])), size: .max, isAuthenticated: true,
                    actions: .init(upload: action, verify: LFSAction(href: "https://h/2"))),
                .init(id: ObjectID(SHA256.hash([2])), actions: .init(download: action)),
                .init(id: ObjectID(SHA256.hash([3])), size: 0, error: .init(code: 404, message: "\u{0}\u{1b}[1m\n模型")),
            ])
        #expect(try BatchResponse(parsing: response.serialized()) == response)
        let silent = BatchResponse(transfer: nil, objects: [], hashAlgorithm: nil)
        #expect(try BatchResponse(parsing: silent.serialized()) == silent)
        #expect(String(decoding: silent.serialized(), as: UTF8.self) == #"{"objects":[]}"#)
        #expect(try LFSAction(parsing: action.serialized()) == action)
    }
}

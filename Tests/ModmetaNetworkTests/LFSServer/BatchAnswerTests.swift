import ModmetaFormats
import Testing

@testable import ModmetaNetwork

/// What a server may answer, and what it may not.
@Suite struct BatchAnswerTests {
    private func parse(_ text: String, clock: Int64 = 1_700_000_000) throws -> BatchAnswer {
        try BatchAnswer(parsing: Array(text.utf8), clock: clock)
    }

    @Test func answerOfAServer() throws {
        let answer = try parse(
            #"""
            {"transfer":"basic","hash_algo":"sha256","unknown":[1,{"a":null}],"objects":[
              {"oid":"ab","size":12,"authenticated":true,"actions":{
                "upload":{"href":"https://h/1","header":{"Key":"value"},"expires_in":3600,"expires_at":"0001-01-01T00:00:00Z"},
                "verify":{"href":"https://h/2","header":null}}},
              {"oid":"cd","size":0,"actions":null,"error":null},
              {"oid":"ef","error":{"code":404,"message":"no"}}]}
            """#)
        #expect(answer.objects.map(\.oid) == ["ab", "cd", "ef"])
        let first = try #require(answer.objects.first)
        #expect(first.isAuthenticated && first.size == 12 && first.actions.count == 2)
        #expect(first.actions["upload"]?.fields == [HTTPField("Key", "value")])
        #expect(first.actions["upload"]?.isFresh == true && first.actions["upload"]?.expiry != nil)
        #expect(first.actions["verify"]?.expiry == nil)
        #expect(answer.objects[1].actions.isEmpty && answer.objects[1].failure == nil)
        #expect(answer.objects[2].failure == BatchAnswer.Failure(code: 404, message: "no"))
    }

    struct Expiry: Sendable, CustomTestStringConvertible {
        var members: String
        var isFresh: Bool
        var testDescription: String { members }
    }

    @Test(arguments: [
        Expiry(members: #""expires_in":1"#, isFresh: false), Expiry(members: #""expires_in":900"#, isFresh: true),
        Expiry(members: #""expires_in":-5"#, isFresh: false), Expiry(members: #""expires_in":0"#, isFresh: true),
        Expiry(members: #""expires_in":99999999999999999999"#, isFresh: true),
        Expiry(members: #""expires_at":"2023-11-14T22:13:21Z""#, isFresh: false),
        Expiry(members: #""expires_at":"2023-11-14T22:14:20.123Z""#, isFresh: true),
        Expiry(members: #""expires_at":"2023-11-15T00:14:20+02:00""#, isFresh: true),
        Expiry(members: #""expires_at":"2023-11-14T23:13:20+01:00""#, isFresh: false),
        Expiry(members: #""expires_at":"0001-01-01T00:00:00Z""#, isFresh: true),
        Expiry(members: #""expires_at":"tomorrow""#, isFresh: true), Expiry(members: #""expires_at":7"#, isFresh: true),
    ])
    func expiry(_ given: Expiry) throws {
        guard !given.members.contains("99999999999999999999") else {
            #expect(throws: FormatError.self) { try parse(action(given.members)) }
            return
        }
        let answer = try parse(action(given.members))
        #expect(answer.objects.first?.actions["upload"]?.isFresh == given.isFresh)
    }

    private func action(_ members: String) -> String {
        #"{"objects":[{"oid":"ab","actions":{"upload":{"href":"https://h/","# + members + "}}}]}"
    }

    @Test(arguments: [
        "", "[]", "{", #"{"objects":{}}"#, #"{"objects":[1]}"#, #"{"objects":[{"oid":1}]}"#,
        #"{"objects":[{"size":-1}]}"#, #"{"objects":[{"size":1.5}]}"#, #"{"objects":[]} x"#,
        #"{"objects":[{"actions":{"upload":{"href":7}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":"https://h/","header":{"A":"b\r\nC: d"}}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":"https://h/","header":{"A b":"c"}}}}]}"#,
        #"{"objects":[{"actions":{"upload":{"href":"https://h/","header":{"":"c"}}}}]}"#,
        #"{"objects":[],"objects":[]}"#,
    ])
    func malformed(_ text: String) {
        #expect(throws: FormatError.self) { try parse(text) }
    }

    @Test func boundsHold() {
        let object = #"{"oid":"ab"}"#
        let objects = Array(repeating: object, count: BatchAnswer.objectLimit + 1).joined(separator: ",")
        let fields = (0...BatchAnswer.fieldLimit).map { "\"f\($0)\":\"\"" }.joined(separator: ",")
        let texts = [
            "{\"objects\":[\(objects)]}",
            #"{"objects":[{"actions":{"upload":{"header":{"# + fields + "}}}}]}",
            #"{"objects":[{"actions":{"upload":{"href":""# + String(repeating: "a", count: BatchAnswer.urlLimit + 1)
                + #""}}}]}"#,
            "{\"x\":" + String(repeating: "[", count: 100_000),
        ]
        for text in texts {
            let error = #expect(throws: FormatError.self) { try parse(text) }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func datesOfHTTP() {
        #expect(Timestamp(http: "Sun, 06 Nov 1994 08:49:37 GMT")?.seconds == 784_111_777)
        #expect(Timestamp(http: "Thu, 29 Feb 2024 00:00:00 GMT")?.seconds == 1_709_164_800)
        #expect(Timestamp(http: "yesterday") == nil && Timestamp(http: "Sun, 06 Nov 1994 08:49:37 CET") == nil)
        #expect(Timestamp(internet: "1970-01-01T00:00:00Z")?.seconds == 0)
        #expect(Timestamp(internet: "2016-11-10T15:29:07+00:00")?.seconds == 1_478_791_747)
        #expect(Timestamp(internet: "2016-13-10T15:29:07Z") == nil)
    }
}

import ModmetaLFS
import Testing

@Suite struct LFSErrorBodyTests {
    @Test func whatIsSerializedIsReadAgain() {
        for body in [
            LFSErrorBody(message: "no \"such\"\u{1b} repository", documentationURL: "https://h/d", requestID: "1"),
            LFSErrorBody(message: ""),
        ] {
            #expect(LFSErrorBody(reading: body.serialized()) == body)
        }
    }

    @Test(
        arguments: [
            (#"{"message":"no","documentation_url":null,"request_id":7}"#, "no"), (#"{"message":"no","x":[1,"#, "no"),
            (#"{"message":7}"#, nil), ("<html>", nil), ("", nil), ("{}", nil),
            ("{\"message\":" + String(repeating: "[", count: 100_000), nil),
        ] as [(String, String?)])
    func whatCanBeReadIsRead(_ text: String, _ message: String?) {
        #expect(LFSErrorBody(reading: Array(text.utf8))?.message == message)
    }
}

import ModmetaFormats
import Testing

@testable import ModmetaNetwork

/// The examples that AWS publishes for Signature Version 4, and those of the S3 documentation.
@Suite struct RequestSignatureTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: HTTPRequest
        var payloadHash = BodyDigest.empty.sha256
        var secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        var accessKey = "AKIDEXAMPLE"
        var service = "service"
        var time = "Sun, 30 Aug 2015 12:36:00 GMT"
        var signedHeaders: String
        var signature: String
    }

    private static func example(
        _ name: String, _ method: String, _ url: String, fields: [HTTPField] = [], signed: String = "host;x-amz-date",
        _ signature: String
    ) -> Example {
        Example(
            testDescription: name, request: HTTPRequest(method, url, fields: fields), signedHeaders: signed,
            signature: signature)
    }

    private static func s3(
        _ name: String, _ method: String, _ target: String, fields: [HTTPField], hash: String = BodyDigest.empty.sha256,
        signed: String, _ signature: String
    ) -> Example {
        Example(
            testDescription: name,
            request: HTTPRequest(
                method, "https://examplebucket.s3.amazonaws.com\(target)",
                fields: fields + [HTTPField("x-amz-content-sha256", hash)]),
            payloadHash: hash, secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", accessKey: "AKIAIOSFODNN7EXAMPLE",
            service: "s3", time: "Fri, 24 May 2013 00:00:00 GMT", signedHeaders: signed, signature: signature)
    }

    static let examples = [
        example(
            "get-vanilla", "GET", "https://example.amazonaws.com/",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        example(
            "get-vanilla-query-order-key-case", "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        example(
            "post-vanilla", "POST", "https://example.amazonaws.com/",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        s3(
            "GET object", "GET", "/test.txt", fields: [HTTPField("Range", "bytes=0-9")],
            signed: "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        s3(
            "PUT object", "PUT", "/test%24file.text",
            fields: [
                HTTPField("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                HTTPField("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ], hash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        s3(
            "GET bucket lifecycle", "GET", "/?lifecycle", fields: [], signed: "host;x-amz-content-sha256;x-amz-date",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        s3(
            "list objects", "GET", "/?max-keys=2&prefix=J", fields: [], signed: "host;x-amz-content-sha256;x-amz-date",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test(arguments: examples)
    func agreesWithThePublishedExamples(_ example: Example) throws {
        var request = example.request
        let signature = RequestSignature(
            credentials: S3Credentials(accessKey: example.accessKey, secretKey: example.secretKey), region: "us-east-1",
            service: example.service)
        try signature.sign(
            &request, payloadHash: example.payloadHash, at: try #require(Timestamp(http: example.time)))
        let authorization = try #require(request.fields.last)
        #expect(authorization.name == "Authorization")
        #expect(authorization.value.contains("SignedHeaders=\(example.signedHeaders), "))
        #expect(authorization.value.hasSuffix("Signature=\(example.signature)"))
    }

    @Test func sessionTokensAreSigned() throws {
        var request = HTTPRequest("GET", "https://h/")
        let credentials = S3Credentials(accessKey: "a", secretKey: "s", sessionToken: "t")
        try RequestSignature(credentials: credentials, region: "r").sign(
            &request, payloadHash: "UNSIGNED-PAYLOAD", at: Timestamp(seconds: 0))
        #expect(request.fields.contains(HTTPField("X-Amz-Security-Token", "t")))
        #expect(request.fields.last?.value.contains("host;x-amz-date;x-amz-security-token") == true)
        #expect(!"\(credentials)".contains("\"s\"") && "\(credentials)" == "S3Credentials(a)")
    }

    /// RFC 4231, test cases 1, 2 and 6.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func authenticationCodes(_ key: [UInt8], _ text: String, _ code: String) {
        #expect(Hexadecimal.text(HMACSHA256.code(of: Array(text.utf8), key: key)) == code)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{3ff}\u{7f}", "z79/"),
    ])
    func base64(_ text: String, _ encoded: String) { #expect(Base64.encode(Array(text.utf8)) == encoded) }
}

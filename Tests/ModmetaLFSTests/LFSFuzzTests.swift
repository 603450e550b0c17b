import ModmetaLFS
import ModmetaTesting
import Testing

/// Attacks the parsers of what LFS servers and their clients send; `integration/fuzz.sh` runs each for longer.
@Suite struct LFSFuzzTests {
    private static let name = String(repeating: "0", count: 64)

    private static let families = [
        FuzzFamily(
            "batch",
            seeds: [
                #"{"transfer":"basic","hash_algo":"sha256","objects":[{"oid":"\#(name)","size":5,"authenticated":true,"actions":{"download":{"href":"https://a/b","header":{"X-A":"b"},"expires_in":60,"expires_at":"2030-01-02T03:04:05Z"}}},{"oid":"11","error":{"code":404,"message":"gone"}}]}"#,
                #"{"operation":"upload","transfers":["basic"],"ref":{"name":"a"},"objects":[{"oid":"\#(name)","size":1}]}"#,
                #"{"href":"https://a/b","header":{"X-A":"b"},"expires_in":60,"expires_at":"2030-01-02T03:04:05Z"}"#,
                #"{"message":"no","documentation_url":"https://a"}"#,
            ].map { Array($0.utf8) }, tokens: FuzzFamily.json + ["\"objects\":[", "\"actions\":{", "\"header\":{"]
        ) { bytes in
            if let response = try? BatchResponse(parsing: bytes) {
                let again = try BatchResponse(parsing: response.serialized())
                #expect(again == response)
            }
            if let request = try? BatchRequest(parsing: bytes) {
                let again = try BatchRequest(parsing: request.serialized())
                #expect(again == request)
            }
            if let action = try? LFSAction(parsing: bytes) {
                let again = try LFSAction(parsing: action.serialized())
                #expect(again == action)
            }
            _ = LFSErrorBody(reading: bytes)
        }
    ]

    @Test(arguments: families.indices)
    func holdsTheBudget(_ index: Int) async throws { try await FuzzCampaign.run(Self.families[index]) }
}

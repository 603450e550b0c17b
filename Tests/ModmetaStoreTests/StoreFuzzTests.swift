import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaStore

/// Attacks the parsers of what servers, services and stores send; `integration/fuzz.sh` runs each for longer.
@Suite struct StoreFuzzTests {
    private static let families = [
        FuzzFamily(
            "batch",
            seeds: [
                #"{"transfer":"basic","hash_algo":"sha256","objects":[{"oid":"00","size":5,"authenticated":true,"actions":{"download":{"href":"https://a/b","header":{"X-A":"b"},"expires_in":60,"expires_at":"2030-01-02T03:04:05Z"}}},{"oid":"11","error":{"code":404,"message":"gone"}}]}"#,
                #"{"message":"no","documentation_url":"https://a"}"#,
            ].map { Array($0.utf8) }, tokens: FuzzFamily.json + ["\"objects\":[", "\"actions\":{", "\"header\":{"]
        ) { bytes in
            _ = try? BatchAnswer(parsing: bytes, clock: 0)
            _ = BatchAnswer.message(in: bytes)
        },
        FuzzFamily(
            "xml",
            seeds: [
                #"<?xml version="1.0"?><ListBucketResult xmlns="http://a"><IsTruncated>true</IsTruncated><Contents><Key>a&amp;b</Key><Size>7</Size></Contents></ListBucketResult>"#,
                "<Error><Code>SlowDown</Code><Message>&#x3e;</Message></Error>",
            ].map { Array($0.utf8) },
            tokens: ["<a>", "</a>", "<a/>", "&amp;", "&#x301;", "&#", "<!--", "-->", "<?", "?>", "<a b='", "'"]
        ) { bytes in
            _ = XMLScanner.root(of: bytes)
            _ = S3Failure(HTTPResponse(status: 500, fields: [], body: bytes))
        },
        FuzzFamily(
            "store-format",
            seeds: [Array("version 1\nid \(String(repeating: "ab", count: 16))\nepoch 3\ncollection x\n".utf8)],
            tokens: ["version 1\n", "id ", "epoch ", "a b\n", "\n"]
        ) { bytes in
            guard let format = try? StoreFormat(parsing: bytes) else { return }
            let again = try StoreFormat(parsing: format.serialized())
            #expect(again == format)
        },
        FuzzFamily("condemned", seeds: [condemned]) { bytes in
            guard let list = try? CondemnedList(parsing: bytes) else { return }
            #expect(list.serialized() == bytes)
        },
    ]

    private static let condemned =
        Array("MMCL".utf8) + [1] + [UInt8](repeating: 7, count: 16) + [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        + [UInt8](repeating: 1, count: 32) + [UInt8](repeating: 2, count: 32)

    @Test(arguments: families.indices)
    func holdsTheBudget(_ index: Int) async throws { try await FuzzCampaign.run(Self.families[index]) }
}

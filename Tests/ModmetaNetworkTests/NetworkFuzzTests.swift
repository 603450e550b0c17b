import ModmetaTesting
import Testing

@testable import ModmetaNetwork

/// Attacks the parsers of what servers and services send; `integration/fuzz.sh` runs each for longer.
@Suite struct NetworkFuzzTests {
    private static let families = [
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
        }
    ]

    @Test(arguments: families.indices)
    func holdsTheBudget(_ index: Int) async throws { try await FuzzCampaign.run(Self.families[index]) }
}

import Foundation
import ModmetaDelta
import ModmetaFormats
import Testing

/// Payloads of version 1 that must decode for good; written once, never replaced.
@Suite struct GoldenPayloadTests {
    struct Golden: CustomTestStringConvertible {
        var name: String
        var encoding: Manifest.Encoding
        var testDescription: String { name }
    }

    static let goldens = [
        Golden(name: "full-planes", encoding: .full),
        Golden(name: "full-levelled-bfloat16", encoding: .full),
        Golden(name: "full-levelled-float32", encoding: .full),
        Golden(name: "delta-planes", encoding: .delta),
        Golden(name: "delta-suffixes", encoding: .delta),
        Golden(name: "delta-scaled-bfloat16", encoding: .delta),
        Golden(name: "delta-scaled-float16", encoding: .delta),
        Golden(name: "delta-scaled-float32", encoding: .delta),
        Golden(name: "delta-directions", encoding: .delta),
        Golden(name: "delta-decay", encoding: .delta),
    ]

    @Test(arguments: goldens) func decodes(_ golden: Golden) throws {
        let payload = try GoldenPayloadTests.fixture("\(golden.name).payload")
        let raw = try GoldenPayloadTests.fixture("\(golden.name).raw")
        let base = golden.encoding == .delta ? try GoldenPayloadTests.fixture("\(golden.name).base") : []
        #expect(try ChunkCodec().decoded(payload, golden.encoding, base: base, count: raw.count) == raw)
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/v1/\(name)", withExtension: nil))
        return [UInt8](try Data(contentsOf: url))
    }
}

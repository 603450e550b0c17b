import ModmetaFormats
import Testing

@testable import ModmetaSnapshots

/// What PyTorch 2.13 and safetensors 0.8 write, and how it is hashed: Tests/ModmetaFormatsTests/Fixtures/element-types.
@Suite struct ElementTypeTests {
    private static let fixtures =
        "\(#filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined())"
        + "/ModmetaFormatsTests/Fixtures/element-types"

    private static func lines(of name: String) throws -> Set<ContentLine> {
        let plan = try ContentPlan([ContentFile(name: name, source: .file("\(fixtures)/\(name)"))])
        let count = HashedBytes(of: 0) { _, _ in }
        return Set(try plan.pieces.indices.map { try plan.line($0, counting: count) })
    }

    /// The content lines according to PyTorch's own description of each tensor.
    private static func answers() throws -> [ContentLine] {
        let text = String(decoding: try CheckpointFile.bytes(of: "\(fixtures)/answers.txt"), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t")
            let digest = try #require(Digest(hex: fields[3]))
            return .tensor(
                directory: "", name: String(fields[0]), dtype: String(fields[1]),
                shape: fields[2].split(separator: " ").compactMap { UInt64($0) }, digest: digest)
        }
    }

    @Test func everyTypeOfPyTorchHasItsKnownLine() throws {
        let answers = try Self.answers()
        #expect(answers.count == 32)
        #expect(try Self.lines(of: "torch.pt") == Set(answers))
    }

    @Test func everyTypeThatSafetensorsHasCountsTheSameThere() throws {
        let written = try Self.lines(of: "safetensors.safetensors")
        #expect(written.count == 20)
        #expect(written.isSubset(of: Set(try Self.answers())))
    }

    /// The types that safetensors 0.8.0 reads, and how many of each fill three or eight bytes.
    @Test(arguments: [
        ("BOOL", 3, 3), ("F4", 6, 3), ("F6_E2M3", 4, 3), ("F6_E3M2", 4, 3), ("U8", 3, 3), ("I8", 3, 3),
        ("F8_E5M2", 3, 3), ("F8_E4M3", 3, 3), ("F8_E8M0", 3, 3), ("F8_E4M3FNUZ", 3, 3), ("F8_E5M2FNUZ", 3, 3),
        ("I16", 4, 8), ("U16", 4, 8), ("F16", 4, 8), ("BF16", 4, 8), ("I32", 2, 8), ("U32", 2, 8), ("F32", 2, 8),
        ("C64", 1, 8), ("F64", 1, 8), ("I64", 1, 8), ("U64", 1, 8),
    ])
    func everyTypeOfSafetensorsHasItsKnownLine(_ dtype: String, _ count: Int, _ bytes: Int) async throws {
        let files = try CheckpointFiles()
        let data = [UInt8](repeating: 0x5A, count: bytes)
        try files.write([SampleTensor(name: "w", dtype: dtype, shape: [count], bytes: data)], to: "a.safetensors")
        let expected = ContentLine.digest(of: [
            .tensor(directory: "", name: "w", dtype: dtype, shape: [UInt64(count)], digest: SHA256.hash(data))
        ])
        #expect(try await files.content() == expected.hex)
    }

    @Test(arguments: [
        "conjugated", "negated", "conjugated-parameter", "attribute", "buffer", "nested", "meta", "sparse-row",
        "packed-scalar",
    ])
    func whatLoadsAsMoreThanItsElementsCountsWhole(_ name: String) throws {
        let bytes = try CheckpointFile.bytes(of: "\(Self.fixtures)/whole/\(name).pt")
        #expect(
            try Self.lines(of: "whole/\(name).pt") == [.file(name: "whole/\(name).pt", digest: SHA256.hash(bytes))])
    }

    @Test func aViewThatWasResolvedCountsByItsElements() throws {
        let (plain, resolved) = (try Self.lines(of: "plain.pt"), try Self.lines(of: "resolved.pt"))
        #expect(plain.count == 1 && resolved.count == 1 && plain != resolved)
        for line in plain.union(resolved) {
            guard case .tensor(_, "w", "C64", [2], _) = line else {
                Issue.record("\(line)")
                continue
            }
        }
    }
}

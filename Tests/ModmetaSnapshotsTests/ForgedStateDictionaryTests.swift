import ModmetaFormats
import Testing

@testable import ModmetaSnapshots

/// State dictionaries that no writer makes and that load as something other than their elements.
@Suite struct ForgedStateDictionaryTests {
    private static let fixture =
        "\(#filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined())"
        + "/ModmetaFormatsTests/Fixtures/element-types/plain.pt"

    /// Replaces bytes of the pickle with others of the same length: it is stored uncompressed, and no checksum is
    /// compared.
    private func forged(_ old: [UInt8], _ new: [UInt8]) throws -> Int {
        var bytes = try CheckpointFile.bytes(of: Self.fixture)
        let place = try #require(bytes.firstRange(of: old))
        #expect(old.count == new.count)
        bytes.replaceSubrange(place, with: new)
        let plan = try ContentPlan([ContentFile(name: "x.pt", source: .bytes(bytes))])
        return plan.pieces.count { $0.tensor != nil }
    }

    @Test func theFixtureItselfCountsByItsTensor() throws { #expect(try forged([0x80, 2], [0x80, 2]) == 1) }

    @Test(arguments: [
        // Another function, another module, another class, and a storage of an unknown class.
        ("_rebuild_tensor_v2", "_rebuild_tensor_v9"), ("torch._utils", "torch.utils_"),
        ("OrderedDict", "OrderedDicX"), ("ComplexFloatStorage", "ComplexFloatStorags"),
        ("collections", "collectionX"),
    ])
    func otherNamesCountWhole(_ old: String, _ new: String) throws {
        #expect(try forged(Array(old.utf8), Array(new.utf8)) == 0)
    }

    @Test func anArgumentOfAnotherKindCountsWhole() throws {
        // NEWFALSE, which disables the gradient, becomes None.
        #expect(try forged([0x89, 0x63], [0x4E, 0x63]) == 0)
    }
}

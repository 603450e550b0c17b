import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaStore

/// Attacks the parsers of what stores send; `integration/fuzz.sh` runs each for longer.
@Suite struct StoreFuzzTests {
    private static let families = [
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

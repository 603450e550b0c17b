import ModmetaFormats
import Testing

@testable import ModmetaStore

@Suite struct CondemnedListTests {
    private static func member(_ family: ObjectFamily, _ number: UInt8) -> CondemnedList.Member {
        .init(family, SHA256.hash([number]))
    }

    private let list = CondemnedList([
        member(.objects, 1), member(.manifests, 2), member(.objects, 3), member(.sketches, 4), member(.objects, 1),
    ])

    @Test func `a list is ordered and reads back`() throws {
        #expect(list.members.count == 4)
        #expect(list.members.map(\.family) == [.manifests, .sketches, .objects, .objects])
        #expect(try CondemnedList(parsing: list.serialized()) == list)
        #expect(list.serialized().count == 33 + 4 * 32)
        for (position, member) in list.members.enumerated() { #expect(list.position(of: member) == position) }
        #expect(list.position(of: Self.member(.sketches, 1)) == nil)
        // Two writers of one content never share a name.
        #expect(CondemnedList(list.members).serialized() != list.serialized())
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var damage: @Sendable (inout [UInt8]) -> Void
    }

    private static let damages: [Damage] = [
        Damage(testDescription: "no magic") { $0[0] = 0 },
        Damage(testDescription: "version 2") { $0[4] = 2 },
        Damage(testDescription: "cut in the header") { $0.removeLast($0.count - 20) },
        Damage(testDescription: "empty") { $0 = [] },
        Damage(testDescription: "cut in a member") { $0.removeLast() },
        Damage(testDescription: "longer than its counts") { $0 += [UInt8](repeating: 0xff, count: 32) },
        Damage(testDescription: "a count of four billion") { $0.replaceSubrange(29..<33, with: [255, 255, 255, 255]) },
        Damage(testDescription: "members out of order") { $0.swapAt($0.count - 64, $0.count - 32) },
        Damage(testDescription: "a member twice") { bytes in
            let other = Array(bytes[(bytes.count - 64)..<(bytes.count - 32)])
            bytes.removeLast(32)
            bytes += other
        },
    ]

    @Test(arguments: damages)
    func `a damaged list is refused`(_ test: Damage) {
        var bytes = list.serialized()
        test.damage(&bytes)
        #expect(throws: FormatError.self) { try CondemnedList(parsing: bytes) }
    }

    private static let lines: [(String, Bool)] = [
        ("\(SHA256.hash([])) 1700000000 0 0 0", true), ("\(SHA256.hash([])) 1700000000 5 10 77", true),
        ("\(SHA256.hash([])) 1700000000 10 5 77", false), ("\(SHA256.hash([])) 1700000000 5 10 0", false),
        ("\(SHA256.hash([])) 1700000000 5 5 1", false), ("\(SHA256.hash([])) -1 0 0 0", false),
        ("\(SHA256.hash([])) 01 0 0 0", false), ("\(SHA256.hash([])) 1 0 0 0 0", false), ("x 1 0 0 0", false),
        ("\(SHA256.hash([])) 1 0 99999999999 4", false), ("", false),
    ]

    @Test(arguments: lines)
    func `the line of the format document has one form`(_ value: String, _ isValid: Bool) throws {
        var format = StoreFormat()
        format.extras = [.init(key: "collection", value: value), .init(key: "other", value: "kept")]
        if isValid {
            let state = try #require(try format.collection())
            #expect(format.with(state).extras.first { $0.key == "collection" }?.value == value)
            #expect(format.with(nil).extras == [.init(key: "other", value: "kept")])
        } else {
            #expect(throws: StoreError.self) { try format.collection() }
        }
    }
}

import ModmetaFormats
import ModmetaStore
import Testing

@Suite struct StoreFormatTests {
    static let id = "0123456789abcdef0123456789abcdef"

    @Test func goldenBytes() throws {
        let format = StoreFormat(
            id: try #require(StoreFormat.ID(hex: Self.id)), epoch: 7,
            extras: [.init(key: "note", value: "kept as it is ")])
        let text = "version 1\nid \(Self.id)\nepoch 7\nnote kept as it is \n"
        #expect(String(decoding: format.serialized(), as: UTF8.self) == text)
        #expect(try StoreFormat(parsing: Array(text.utf8)) == format)
    }

    @Test func newIdsDiffer() { #expect(StoreFormat().id != StoreFormat().id) }

    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var code: FormatError.Code
        var offset: UInt64 = 0

        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Case(text: "", code: .truncated),
        Case(text: "version 1\nid \(id)\nepoch 1", code: .truncated, offset: 53),
        Case(text: "version 2\n", code: .unsupportedVersion),
        Case(text: "version 01\nid \(id)\nepoch 1\n", code: .unsupportedVersion),
        Case(text: "id \(id)\nversion 1\nepoch 1\n", code: .malformed),
        Case(text: "version 1\n", code: .malformed, offset: 10),
        Case(text: "version 1\nid \(id)\n", code: .malformed, offset: 46),
        Case(text: "version 1\nid 123\nepoch 1\n", code: .malformed, offset: 10),
        Case(text: "version 1\nid \(id.uppercased())\nepoch 1\n", code: .malformed, offset: 10),
        Case(text: "version 1\nid \(id)\nepoch -1\n", code: .malformed, offset: 46),
        Case(text: "version 1\nid \(id)\nepoch 01\n", code: .malformed, offset: 46),
        Case(text: "version 1\nid \(id)\nepoch 18446744073709551616\n", code: .malformed, offset: 46),
        Case(text: "version 1\nid \(id)\nid \(id)\nepoch 1\n", code: .malformed, offset: 46),
        Case(text: "version 1\nid \(id)\nepoch 1\nversion 1\n", code: .malformed, offset: 54),
        Case(text: "version 1\n\nid \(id)\nepoch 1\n", code: .malformed, offset: 10),
        Case(text: "version 1\nid \(id)\nepoch 1\nlone\n", code: .malformed, offset: 54),
        Case(text: "version 1\r\nid \(id)\nepoch 1\n", code: .malformed),
        Case(text: String(repeating: "a", count: 20_000), code: .limitExceeded),
    ])
    func refuses(_ test: Case) {
        let error = #expect(throws: FormatError.self) { try StoreFormat(parsing: Array(test.text.utf8)) }
        #expect(error?.code == test.code)
        #expect(error?.offset == test.offset)
    }

    @Test func invalidTextIsRefused() {
        let bytes = Array("version 1\nid \(Self.id)\nepoch 1\nnote ".utf8) + [0xff, 0x0a]
        #expect(throws: FormatError.self) { try StoreFormat(parsing: bytes) }
    }

    @Test func damagedDocumentIsNamed() async throws {
        let store = MemoryStore()
        let absent = await #expect(throws: StoreError.self) { try await store.format() }
        #expect(absent?.code == .noStore)
        _ = try await store.put(.format, .bytes(Array("version 1\n".utf8)))
        let damaged = await #expect(throws: StoreError.self) { try await store.format() }
        #expect(damaged?.code == .corrupt)
    }
}

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

    private func parsed(_ lines: String) throws -> StoreFormat {
        try StoreFormat(parsing: Array("version 1\nid \(Self.id)\nepoch 1\n\(lines)".utf8))
    }

    @Test func `what a reader must know and does not is named`() throws {
        let error = #expect(throws: FormatError.self) { try parsed("note x\nrequires starlight\n") }
        #expect(error?.code == .unsupportedVersion)
        #expect(error?.message.contains("'starlight'") == true)
        // A name that breaks the rules is one that nobody knows.
        #expect(throws: FormatError.self) { try parsed("requires collection starlight\n") }
        #expect(throws: FormatError.self) { try parsed("requires collection\nrequires starlight\n") }
        try parsed("requires collection\n").checkWritable()
    }

    @Test func `what a writer must know and does not is named, and reading goes on`() throws {
        let format = try parsed("requires-to-write collection\nrequires-to-write starlight\n")
        let error = #expect(throws: StoreError.self) { try format.checkWritable() }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("'starlight'") == true)
        try parsed("requires-to-write collection\n").checkWritable()
        #expect(try StoreFormat(parsing: format.serialized()) == format)
    }

    @Test func `the first collection writes that pushes must know of it`() async throws {
        let store = MemoryStore()
        _ = try await store.compareAndSwapFormat(expected: nil, new: StoreFormat().serialized())
        let collector = Collector(store: store, live: ListedObjects([]), grace: 0) { _ in
            throw FormatError(.malformed, "no manifest", offset: 0)
        }
        _ = try await collector.collect()
        #expect(try await store.format().extras == [])
        for round in 0..<2 {
            let bytes = [UInt8](repeating: UInt8(round), count: 10)
            _ = try await store.put(.object(ObjectID(SHA256.hash(bytes))), .bytes(bytes))
            _ = try await collector.collect()
            #expect(try await store.format().extras == [.init(key: "requires-to-write", value: "collection")])
        }
        // A writer that knows less sees the line when it looks again.
        var format = try await store.format()
        format.extras.append(.init(key: "requires-to-write", value: "starlight"))
        _ = try await store.compareAndSwapFormat(
            expected: try await store.read(.format, limit: 1 << 14), new: format.serialized())
        let error = await #expect(throws: StoreError.self) { try await Condemnation.read(from: store) }
        #expect(error?.code == .unsupported)
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

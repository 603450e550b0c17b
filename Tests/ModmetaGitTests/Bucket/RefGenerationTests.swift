import ModmetaFormats
import ModmetaStore
import Testing

@testable import ModmetaGit

@Suite struct RefGenerationTests {
    static func object(_ letter: Character) throws -> GitObjectName {
        try #require(GitObjectName(String(repeating: letter, count: 40)))
    }

    static func sample() throws -> RefGeneration {
        let digest = SHA256.hash([])
        return RefGeneration(
            number: 12, nonce: try #require(.init(hex: "00112233445566778899aabbccddeeff")), objectFormat: .sha1,
            refs: StoreRefs(
                [
                    .init(name: "refs/heads/main", target: try object("a")),
                    .init(name: "refs/tags/v1", target: try object("b"), peeled: try object("a")),
                ], head: .branch("refs/heads/main")),
            packs: [
                ListedPack(
                    name: try object("c"), pack: .init(length: 1200, digest: digest),
                    index: .init(length: 1100, digest: digest))
            ])
    }

    private static let body = """
        version 1
        number 12
        nonce 00112233445566778899aabbccddeeff
        object-format sha1
        head ref: refs/heads/main
        pack cccccccccccccccccccccccccccccccccccccccc 1200 \
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 1100 \
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        ref aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa - refs/heads/main
        ref bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa refs/tags/v1

        """

    private static func closed(_ body: String) -> [UInt8] {
        Array((body + "end \(SHA256.hash(Array(body.utf8)))\n").utf8)
    }

    @Test func `the document is as the format page has it`() throws {
        let bytes = Self.closed(Self.body)
        #expect(try Self.sample().serialized() == bytes)
        #expect(try RefGeneration(parsing: bytes) == Self.sample())
        let sum = "29768dcd7ed07ed4406cc0b4d1caf9940f55d061d848ffd9beabad87aa28e7cd"
        #expect(String(decoding: bytes.suffix(69), as: UTF8.self) == "end \(sum)\n")
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var what: String
        var from: String
        var to: String
        var code: FormatError.Code = .malformed
        var testDescription: String { what }
    }

    @Test(arguments: [
        Change(what: "another version", from: "version 1", to: "version 2", code: .unsupportedVersion),
        Change(what: "no version", from: "version 1\n", to: ""),
        Change(what: "number 0", from: "number 12", to: "number 0"),
        Change(what: "number too large", from: "number 12", to: "number 18446744073709551616"),
        Change(what: "nonce in capitals", from: "ddeeff", to: "DDEEFF"),
        Change(what: "unknown hash", from: "sha1", to: "md5"),
        Change(what: "other hash", from: "sha1", to: "sha256"),
        Change(what: "HEAD nowhere", from: "ref: refs/heads/main", to: "ref: main"),
        Change(what: "HEAD out of the store", from: "ref: refs/heads/main", to: "ref: refs/../config"),
        Change(what: "pack name out of the store", from: "pack cc", to: "pack ../cc"),
        Change(what: "negative length", from: "1200", to: "-1"),
        Change(what: "length too large", from: "1200", to: "18446744073709551616"),
        Change(what: "short digest", from: "1100 e3", to: "1100 e"),
        Change(what: "ref with a blank", from: "refs/tags/v1", to: "refs/tags/v 1"),
        Change(what: "ref out of the store", from: "refs/tags/v1", to: "refs/tags/../../config"),
        Change(what: "null target", from: String(repeating: "b", count: 40), to: String(repeating: "0", count: 40)),
        Change(what: "refs out of order", from: "refs/heads/main\nref b", to: "refs/tags/v2\nref b"),
        Change(what: "a ref twice", from: "refs/tags/v1", to: "refs/heads/main"),
        Change(what: "an unknown line", from: "ref a", to: "note x\nref a"),
        Change(what: "a control character", from: "refs/tags/v1", to: "refs/tags/v\u{7}1"),
    ])
    func `what breaks a rule is refused`(_ change: Change) throws {
        let body = Self.body.replacing(change.from, with: change.to, maxReplacements: 1)
        #expect(body != Self.body)
        let error = #expect(throws: FormatError.self) { try RefGeneration(parsing: Self.closed(body)) }
        #expect(error?.code == change.code)
    }

    @Test func `a torn or altered document is found out`() throws {
        let bytes = Self.closed(Self.body)
        for count in 0..<bytes.count {
            #expect(throws: FormatError.self) { try RefGeneration(parsing: Array(bytes[..<count])) }
        }
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 4
            #expect(throws: FormatError.self) { try RefGeneration(parsing: altered) }
        }
        #expect(throws: FormatError.self) { try RefGeneration(parsing: bytes + Array("\n".utf8)) }
    }

    /// Git tells names apart by their bytes; a store that took two for one could not be cloned any more.
    @Test func `names that differ only in how their letters are composed are two`() throws {
        let twice = Self.body.replacing(
            "refs/tags/v1\n",
            with: "refs/tags/e\u{301}\nref \(String(repeating: "b", count: 40)) - refs/tags/\u{e9}\n")
        #expect(try RefGeneration(parsing: Self.closed(twice)).refs.all.count == 3)
        var generation = try Self.sample()
        let made = { (name: String) in RefChange(name: name, old: nil, new: try Self.object("d")) }
        generation.refs =
            generation.applying([try made("refs/heads/\u{e9}")], isAtomic: false, heads: [], peeled: [:]).refs
        #expect(generation.refs.all.count == 3)
        let other = try made("refs/heads/e\u{301}")
        let changed = generation.applying([other], isAtomic: false, heads: [], peeled: [:])
        #expect(changed.made.count == 1 && changed.refused.isEmpty && changed.refs.all.count == 4)
        #expect(changed.refs["refs/heads/e\u{301}"] == other.new && changed.refs["refs/tags/v1"] != nil)
    }

    @Test func `the newest is the first in order`() {
        #expect(RefGeneration.path(of: 1) == "modmeta/refs/fffffffffffffffe")
        #expect(RefGeneration.path(of: 0x1234) == "modmeta/refs/ffffffffffffedcb")
        #expect(RefGeneration.path(of: 10) < RefGeneration.path(of: 9))
        for number: UInt64 in [1, 9, 10, 255, 256, .max] {
            #expect(RefGeneration.number(in: RefGeneration.path(of: number)) == number)
        }
        for name in ["ffffffffffffffff", "FFFFFFFFFFFFFFFE", "fffe", "fffffffffffffffe.tmp", "+ffffffffffffffe"] {
            #expect(RefGeneration.number(in: "modmeta/refs/\(name)") == nil)
        }
    }

    struct ApplyCase: Sendable, CustomTestStringConvertible {
        var changes: [String]
        var isAtomic = false
        var refs: [String]
        var refused: [String] = []
        var testDescription: String { changes.joined(separator: ", ") }
    }

    // A change is `name old new`, with `-` for absent; the refs before are main at a and v1 at b.
    @Test(arguments: [
        ApplyCase(changes: ["refs/heads/x - d"], refs: ["refs/heads/main a", "refs/heads/x d", "refs/tags/v1 b"]),
        ApplyCase(changes: ["refs/heads/main a d"], refs: ["refs/heads/main d", "refs/tags/v1 b"]),
        ApplyCase(
            changes: ["refs/heads/main d e", "refs/heads/x - d"],
            refs: ["refs/heads/main a", "refs/heads/x d", "refs/tags/v1 b"], refused: ["refs/heads/main"]),
        ApplyCase(
            changes: ["refs/heads/main d e", "refs/heads/x - d"], isAtomic: true,
            refs: ["refs/heads/main a", "refs/tags/v1 b"], refused: ["refs/heads/main", "refs/heads/x"]),
        ApplyCase(changes: ["refs/tags/v1 b -"], refs: ["refs/heads/main a"]),
        ApplyCase(
            changes: ["refs/heads/main/x - d"], refs: ["refs/heads/main a", "refs/tags/v1 b"],
            refused: ["refs/heads/main/x"]),
        ApplyCase(
            changes: ["refs/tags - d"], refs: ["refs/heads/main a", "refs/tags/v1 b"], refused: ["refs/tags"]),
        ApplyCase(
            changes: ["refs/tags/v1/x - d", "refs/tags/v1 b -"], refs: ["refs/heads/main a", "refs/tags/v1/x d"]),
        ApplyCase(
            changes: ["refs/heads/y/z - d", "refs/heads/y - d"],
            refs: ["refs/heads/main a", "refs/heads/y/z d", "refs/tags/v1 b"], refused: ["refs/heads/y"]),
    ])
    func `changes are made where the refs are as expected`(_ test: ApplyCase) throws {
        let changes = try test.changes.map { text in
            let words = text.split(separator: " ")
            let object = { (word: Substring) in
                try word == "-" ? nil : Self.object(try #require(word.first))
            }
            return RefChange(name: String(words[0]), old: try object(words[1]), new: try object(words[2]))
        }
        let changed = try Self.sample().applying(changes, isAtomic: test.isAtomic, heads: [], peeled: [:])
        #expect(changed.refs.all.map { "\($0.name) \($0.target.hex.prefix(1))" } == test.refs)
        #expect(changed.refused.keys.sorted().map(\.text) == test.refused)
        #expect(changed.made.count + changed.refused.count == changes.count)
    }

    @Test func `HEAD follows only if it names no branch`() throws {
        var generation = try Self.sample()
        let change = RefChange(name: "refs/heads/x", old: nil, new: try Self.object("d"))
        let applied = { generation.applying([change], isAtomic: false, heads: ["refs/heads/x"], peeled: [:]).refs.head }
        #expect(applied() == .branch("refs/heads/main"))
        generation.refs = StoreRefs(generation.refs.all, head: .branch("refs/heads/gone"))
        #expect(applied() == .branch("refs/heads/x"))
    }

    @Test func `derived files are as git writes them`() throws {
        let generation = try Self.sample()
        let (a, b, c) = ("a", "b", "c")
        let line = { (letter: String) in String(repeating: letter, count: 40) }
        #expect(
            DerivedFiles.infoRefs(generation)
                == "\(line(a))\trefs/heads/main\n\(line(b))\trefs/tags/v1\n\(line(a))\trefs/tags/v1^{}\n")
        #expect(DerivedFiles.packList(generation) == "P pack-\(line(c)).pack\n\n")
        #expect(
            DerivedFiles.packedRefs(generation)
                == "# pack-refs with: peeled fully-peeled sorted \n\(line(a)) refs/heads/main\n"
                + "\(line(b)) refs/tags/v1\n^\(line(a))\n")
    }
}

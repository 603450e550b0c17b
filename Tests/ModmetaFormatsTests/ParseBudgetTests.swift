import Testing

@testable import ModmetaFormats

/// The length of the input bounds what a parser makes of it, however names and lists are nested.
@Suite struct ParseBudgetTests {
    @Test func `a budget grows with what is read, up to an end`() throws {
        var budget = ParseBudget("the text", inputLength: 1000)
        #expect(budget.left == ParseBudget.base + 64_000)
        try budget.charge(budget.left, at: 0)
        let error = #expect(throws: FormatError.self) { try budget.charge(1, at: 7) }
        #expect(error?.code == .limitExceeded && error?.offset == 7 && error?.message.hasPrefix("the text ") == true)
        budget.grant(.max)
        #expect(budget.left == ParseBudget.maximum - ParseBudget.base - 64_000)
        budget.grant(1)
        #expect(budget.left == ParseBudget.maximum - ParseBudget.base - 64_000)
    }

    private static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    private static func text(_ value: String) -> [UInt8] {
        let length = value.utf8.count
        let prefix: [UInt8] = [0x58, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length >> 16), 0]
        return prefix + Array(value.utf8)
    }

    private static func joined(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    /// The arguments that rebuild a tensor of one float, as a tuple.
    private static let arguments: [UInt8] = joined(
        bytes("(("), text("storage"), bytes("ctorch\nFloatStorage\n"), text("0"), text("cpu"),
        bytes("K\u{1}tQK\u{0}K\u{1}\u{85}K\u{1}\u{85}\u{89}"), bytes("ccollections\nOrderedDict\n)Rt"))

    private static let function: [UInt8] = bytes("ctorch._utils\n_rebuild_tensor_v2\n")
    private static let tensor: [UInt8] = joined(function, arguments, bytes("R"))

    private static func names(_ pickle: [UInt8]) throws -> PyTorchNames {
        var machine = PickleMachine(ByteReader(pickle))
        let root = try machine.run()
        var budget = ParseBudget("the pickle", inputLength: pickle.count)
        return try PyTorchNames(root: root, in: machine.graph, &budget)
    }

    /// A key of 60,000 bytes over a list of 100,000 empty tuples: only tensors get names.
    @Test(.timeLimit(.minutes(1))) func `containers under a long key get no names`() throws {
        let key = String(repeating: "k", count: 60_000)
        let tuples = [UInt8](repeating: UInt8(ascii: ")"), count: 100_000)
        let pickle = Self.joined(
            Self.bytes("\u{80}\u{2}}("), Self.text("a"), Self.tensor, Self.text(key), Self.bytes("("), tuples,
            Self.bytes("lu."))
        let names = try Self.names(pickle)
        #expect(names.tensors.map(\.name) == ["a"])
    }

    /// Each tensor's name is 60,000 bytes: the budget of 15 KB of pickle is enough for sixteen, but not for a thousand.
    @Test func `names of tensors under a long key are refused`() throws {
        let key = String(repeating: "k", count: 60_000)
        // Function and arguments are memoized, then called over and over.
        var calls: [UInt8] = []
        for _ in 0..<1000 { calls += Self.bytes("h\u{1}h\u{2}R") }
        let pickle = Self.joined(
            Self.bytes("\u{80}\u{2}"), Self.function, Self.bytes("q\u{1}0"), Self.arguments, Self.bytes("q\u{2}0"),
            Self.bytes("}("), Self.text(key), Self.bytes("("), calls, Self.bytes("lu."))
        let error = #expect(throws: FormatError.self) { _ = try Self.names(pickle) }
        #expect(error?.code == .limitExceeded)
    }

    /// One list of 20,000 tuples is the argument list of 20,000 calls: 4 · 10⁸ parts.
    @Test func `a list that many objects share is paid for each time`() throws {
        let members = [UInt8](repeating: UInt8(ascii: ")"), count: 20_000)
        var calls: [UInt8] = []
        for _ in 0..<20_000 { calls += Self.bytes("h\u{2}h\u{1}R") }
        let pickle = Self.joined(
            Self.bytes("\u{80}\u{2}("), members, Self.bytes("tq\u{1}0"), Self.bytes("ca\nb\nq\u{2}0("), calls,
            Self.bytes("l."))
        let error = #expect(throws: FormatError.self) { _ = try Self.names(pickle) }
        #expect(error?.code == .limitExceeded)
    }

    /// Names that share all but one byte with the previous one are short in a manifest and long in memory.
    @Test func `names of a manifest are bounded by its length`() throws {
        let start = String(repeating: "n", count: 60_000)
        let tensors = (0..<1000).map { (index: Int) -> Layout.Tensor in
            let end = Self.text("\(1000 + index)").suffix(4)
            let name = start + String(decoding: end, as: UTF8.self)
            let range = UInt64(index)..<UInt64(index + 1)
            return Layout.Tensor(name: name, dtype: "U8", element: .byte, shape: [1], range: range)
        }
        let manifest = Manifest(
            object: ObjectID(SHA256.hash([])), layout: Layout(format: .npz, size: 1000, tensors: tensors),
            entries: [
                .init(
                    payload: PayloadID(SHA256.hash([])), payloadLength: 1000, chunk: ChunkID(SHA256.hash([])),
                    rawLength: 1000, encoding: .raw)
            ], chunks: [0])
        let error = #expect(throws: FormatError.self) { try Manifest(parsing: manifest.serialized()) }
        #expect(error?.code == .limitExceeded && error?.message.hasPrefix("the manifest ") == true)
    }

    @Test func `a class with a long name is refused`() {
        let module = String(repeating: "m", count: 2000)
        let pickle = Self.bytes("\u{80}\u{2}c\(module)\nx\n.")
        var machine = PickleMachine(ByteReader(pickle))
        #expect(throws: FormatError.self) { try machine.run() }
    }
}

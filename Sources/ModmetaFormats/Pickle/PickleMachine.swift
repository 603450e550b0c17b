/// Interprets a pickle symbolically: it determines what would be built, and builds nothing.
///
/// It supports protocols 0 to 5; see docs/formats/pytorch.md, "The pickle". Each instruction makes at most one object,
/// so memory is bounded by the bytes read and by `PickleGraph.nodeLimit`; what readers make of the objects is bounded
/// by a `ParseBudget`.
struct PickleMachine {
    /// The objects made so far, also after an error.
    private(set) var graph = PickleGraph()
    private(set) var reader: ByteReader
    var stack: [PickleGraph.ID] = []
    private var marks: [Int] = []
    private var memo: [UInt32: PickleGraph.ID] = [:]
    private var instructionStart: UInt64 = 0

    /// Starts at the first byte of a pickle.
    init(_ bytes: ByteReader) { reader = bytes }

    /// Executes the instructions up to the end of the pickle.
    ///
    /// - Returns: the object that the pickle represents.
    /// - Throws: `FormatError` at the instruction that cannot be executed.
    mutating func run() throws(FormatError) -> PickleGraph.ID {
        while true {
            instructionStart = reader.offset
            let code = try reader.byte("the pickle")
            if code == UInt8(ascii: ".") {
                guard marks.isEmpty, stack.count == 1 else {
                    throw malformed("the pickle ends with \(stack.count) objects on its stack, not one")
                }
                return stack[0]
            }
            do {
                try execute(code)
            } catch {
                guard error.code == .limitExceeded, error.offset == 0 else { throw error }
                throw FormatError(error.code, error.message, offset: instructionStart)
            }
        }
    }

    private mutating func execute(_ code: UInt8) throws(FormatError) {
        guard let opcode = PickleOpcode(rawValue: code) else {
            throw malformed("byte \(code) is not a pickle instruction")
        }
        switch opcode {
        case .proto:
            let version = try reader.byte("the pickle's protocol")
            guard version <= 5 else {
                throw FormatError(
                    .unsupportedVersion, "the pickle has protocol \(version); 0 to 5 are known",
                    offset: instructionStart)
            }
        case .frame: _ = try reader.uint64("a frame's length")
        case .mark: marks.append(stack.count)
        case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())
        case .none, .nextBuffer: stack.append(PickleGraph.other)
        case .readonlyBuffer: _ = try top()
        case .float: _ = try line("a float"); stack.append(PickleGraph.other)
        case .binfloat: _ = try reader.slice(8, "a float"); stack.append(PickleGraph.other)
        case .int, .long, .binint, .binint1, .binint2, .long1, .long4, .newtrue, .newfalse: try pushNumber(opcode)
        case .string, .unicode, .binunicode, .shortBinunicode, .binunicode8, .binstring, .shortBinstring:
            try pushText(opcode)
        case .binbytes: try skip(UInt64(try reader.uint32("a length")))
        case .shortBinbytes: try skip(UInt64(try reader.byte("a length")))
        case .binbytes8, .bytearray8: try skip(try reader.uint64("a length"))
        case .emptyTuple: try push(.tuple, [])
        case .emptyList, .emptySet: try push(.list, [])
        case .emptyDict: try push(.dictionary, [])
        case .tuple: try push(.tuple, try popToMark())
        case .list, .frozenset: try push(.list, try popToMark())
        case .dict: try push(.dictionary, try pairs(try popToMark()))
        case .tuple1: try push(.tuple, try pop(1))
        case .tuple2: try push(.tuple, try pop(2))
        case .tuple3: try push(.tuple, try pop(3))
        case .append: try add([try pop()], asPairs: false)
        case .appends, .additems: try add(try popToMark(), asPairs: false)
        case .setitem: try add(try pop(2), asPairs: true)
        case .setitems: try add(try pairs(try popToMark()), asPairs: true)
        case .build:
            let state = try pop()
            graph.set(state: state, of: try top())
        case .global: try pushGlobal(module: try line("a module"), name: try line("a name"))
        case .stackGlobal:
            let parts = try pop(2)
            // Names computed by the pickle are unknown unless it is run.
            try pushGlobal(module: graph.text(parts[0]) ?? "?", name: graph.text(parts[1]) ?? "?")
        case .inst:
            try pushGlobal(module: try line("a module"), name: try line("a name"))
            let function = try pop()
            try push(.call, [function, try graph.add(.tuple, try popToMark())])
        case .obj:
            let parts = try popToMark()
            guard let function = parts.first else { throw malformed("the pickle creates an object without a class") }
            try push(.call, [function, try graph.add(.tuple, Array(parts.dropFirst()))])
        case .reduce, .newobj: try push(.call, try pop(2))
        case .newobjEx: try push(.call, Array(try pop(3).dropLast()))
        case .ext1: _ = try reader.byte("an extension code"); try pushExtension()
        case .ext2: _ = try reader.uint16("an extension code"); try pushExtension()
        case .ext4: _ = try reader.uint32("an extension code"); try pushExtension()
        case .persid: try push(.persistent, [try graph.add(.text(try line("a persistent id")))])
        case .binpersid: try push(.persistent, try pop(1))
        case .put: memo[try index(try line("a memo index"))] = try top()
        case .binput: memo[UInt32(try reader.byte("a memo index"))] = try top()
        case .longBinput: memo[try reader.uint32("a memo index")] = try top()
        case .memoize: memo[UInt32(truncatingIfNeeded: memo.count)] = try top()
        case .get: try recall(try index(try line("a memo index")))
        case .binget: try recall(UInt32(try reader.byte("a memo index")))
        case .longBinget: try recall(try reader.uint32("a memo index"))
        }
    }

    /// Creates the error for the current instruction.
    func malformed(_ message: String) -> FormatError { FormatError(.malformed, message, offset: instructionStart) }

    // MARK: Stack

    private mutating func push(_ kind: PickleGraph.Kind, _ children: [PickleGraph.ID]) throws(FormatError) {
        stack.append(try graph.add(kind, children))
    }

    /// The number of objects above the last mark; those below it cannot be used.
    private var reachable: Int { stack.count - (marks.last ?? 0) }

    private func top() throws(FormatError) -> PickleGraph.ID {
        guard reachable > 0, let top = stack.last else { throw malformed("the pickle's stack is empty") }
        return top
    }

    private mutating func pop() throws(FormatError) -> PickleGraph.ID {
        let top = try top()
        stack.removeLast()
        return top
    }

    private mutating func pop(_ count: Int) throws(FormatError) -> [PickleGraph.ID] {
        guard reachable >= count else { throw malformed("the pickle's stack has fewer than \(count) objects") }
        let objects = Array(stack.suffix(count))
        stack.removeLast(count)
        return objects
    }

    private mutating func popToMark() throws(FormatError) -> [PickleGraph.ID] {
        guard let mark = marks.popLast() else { throw malformed("the pickle pops to a mark, but none is left") }
        let objects = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return objects
    }

    private mutating func add(_ children: [PickleGraph.ID], asPairs: Bool) throws(FormatError) {
        let target = try top()
        switch (graph[target].kind, asPairs) {
        case (.list, false), (.dictionary, true), (.call, _), (.persistent, _):
            graph.append(children, to: target, asPairs: asPairs)
        default: throw malformed("the pickle adds members to an object that cannot have any")
        }
    }

    private func pairs(_ objects: [PickleGraph.ID]) throws(FormatError) -> [PickleGraph.ID] {
        guard objects.count.isMultiple(of: 2) else { throw malformed("a key in the pickle has no value") }
        return objects
    }

    private mutating func recall(_ index: UInt32) throws(FormatError) {
        guard let object = memo[index] else {
            throw malformed("the pickle reads memo entry \(index), which it never stored")
        }
        stack.append(object)
    }

    // MARK: Values

    private mutating func pushNumber(_ opcode: PickleOpcode) throws(FormatError) {
        switch opcode {
        case .newtrue: try push(.bool(true), [])
        case .newfalse: try push(.bool(false), [])
        case .binint: try push(.integer(Int64(Int32(bitPattern: try reader.uint32("an integer")))), [])
        case .binint1: try push(.integer(Int64(try reader.byte("an integer"))), [])
        case .binint2: try push(.integer(Int64(try reader.uint16("an integer"))), [])
        case .long1: try pushLong(UInt64(try reader.byte("a length")))
        case .long4: try pushLong(UInt64(try reader.uint32("a length")))
        default:
            let text = try line("an integer")
            let digits = text.utf8.last == UInt8(ascii: "L") ? text.utf8.dropLast() : text.utf8[...]
            try push(Int64(Substring(digits)).map { .integer($0) } ?? .other, [])
        }
    }

    /// Pushes an integer of any length, two's complement, little-endian; one longer than 64 bits becomes `other`.
    private mutating func pushLong(_ length: UInt64) throws(FormatError) {
        let bytes = try reader.slice(length, "an integer")
        guard bytes.count <= 8 else { return stack.append(PickleGraph.other) }
        let sign: Int64 = bytes.last.map { $0 >= 0x80 ? -1 : 0 } ?? 0
        try push(.integer(bytes.reversed().reduce(sign) { $0 << 8 | Int64($1) }), [])
    }

    private mutating func pushText(_ opcode: PickleOpcode) throws(FormatError) {
        let length: UInt64
        switch opcode {
        case .string:
            let text = try line("a text")
            return try push(.text(PickleMachine.unquoted(text)), [])
        case .unicode: return try push(.text(try line("a text")), [])
        case .shortBinunicode, .shortBinstring: length = UInt64(try reader.byte("a length"))
        case .binunicode8: length = try reader.uint64("a length")
        default: length = UInt64(try reader.uint32("a length"))
        }
        try push(.text(String(decoding: try reader.slice(length, "a text"), as: UTF8.self)), [])
    }

    /// Removes the quotes of protocol 0.
    private static func unquoted(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.count >= 2, let quote = bytes.first, quote == bytes.last,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { return text }
        return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    }

    private mutating func skip(_ length: UInt64) throws(FormatError) {
        _ = try reader.slice(length, "some bytes")
        stack.append(PickleGraph.other)
    }

    private mutating func pushGlobal(module: String, name: String) throws(FormatError) {
        // Longer names would be hashed again with every use.
        guard max(module.utf8.count, name.utf8.count) <= PickleGraph.globalLength else {
            throw FormatError(
                .limitExceeded, "a class name in the pickle has more than \(PickleGraph.globalLength) bytes",
                offset: instructionStart)
        }
        stack.append(try graph.add(PickleGlobal(module: module, name: name)))
    }

    /// Only the program that registered an extension code knows its meaning.
    private mutating func pushExtension() throws(FormatError) { try pushGlobal(module: "copyreg", name: "?extension") }

    private func index(_ text: String) throws(FormatError) -> UInt32 {
        guard let index = UInt32(text) else { throw malformed("a memo index of the pickle is not a number") }
        return index
    }

    private mutating func line(_ what: String) throws(FormatError) -> String {
        guard let end = reader.bytes[reader.position..<reader.end].firstIndex(of: UInt8(ascii: "\n")) else {
            throw FormatError(.truncated, "the bytes end inside \(what)", offset: reader.origin + UInt64(reader.end))
        }
        let text = String(decoding: try reader.slice(end - reader.position, what), as: UTF8.self)
        _ = try reader.byte(what)
        return text
    }
}

internal import ModmetaFormats

/// Parses a JSON text (RFC 8259) into a value.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var valueCount = 0

    /// Parses the whole text.
    ///
    /// - Parameter what: the text, for errors, for example its path.
    /// - Throws: `SnapshotError` with `syntax`.
    static func value(of bytes: [UInt8], _ what: String) throws(SnapshotError) -> DocumentValue {
        guard bytes.count <= DocumentLimits.byteCount else {
            throw SnapshotError(.syntax, "\(what) is longer than \(DocumentLimits.byteCount) bytes")
        }
        var reader = JSONReader(bytes: bytes)
        do throws(Violation) {
            let value = try reader.value(depth: 0)
            reader.skipWhitespace()
            guard reader.position == bytes.count else { throw Violation(message: "continues after its value") }
            return value
        } catch {
            throw SnapshotError(.syntax, "\(what) is not JSON: it \(error.message) at byte \(reader.position)")
        }
    }

    private struct Violation: Error { var message: String }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func next() throws(Violation) -> UInt8 {
        skipWhitespace()
        guard position < bytes.count else { throw Violation(message: "ends early") }
        return bytes[position]
    }

    private mutating func value(depth: Int) throws(Violation) -> DocumentValue {
        valueCount += 1
        guard depth < DocumentLimits.depth, valueCount <= DocumentLimits.valueCount else {
            throw Violation(message: "has too many values or nests them too deeply")
        }
        switch try next() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        // Python writes these three; they occur in real trainer states.
        case UInt8(ascii: "N"): return try word("NaN", .special(.notANumber))
        case UInt8(ascii: "I"): return try word("Infinity", .special(.infinity))
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: DocumentValue) throws(Violation) -> DocumentValue {
        guard bytes[position...].starts(with: word.utf8) else { throw Violation(message: "has no value") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(Violation) -> DocumentValue {
        let start = position
        if bytes[position...].starts(with: "-Infinity".utf8) {
            return try word("-Infinity", .special(.negativeInfinity))
        }
        while position < bytes.count, isNumberByte(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = PlainScalar.number(text), text.utf8.first != UInt8(ascii: "+") else {
            position = start
            throw Violation(message: "has no value")
        }
        return value
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func array(depth: Int) throws(Violation) -> DocumentValue {
        position += 1
        var elements: [DocumentValue] = []
        if try next() == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if try consumeSeparator(end: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    private mutating func object(depth: Int) throws(Violation) -> DocumentValue {
        position += 1
        var members: [DocumentValue.Member] = []
        var keys: Set<ByteString> = []
        if try next() == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            guard try next() == UInt8(ascii: "\"") else { throw Violation(message: "has no key") }
            let key = try string()
            guard keys.insert(ByteString(key)).inserted else { throw Violation(message: "repeats a key") }
            guard try next() == UInt8(ascii: ":") else { throw Violation(message: "has no ':'") }
            position += 1
            members.append(DocumentValue.Member(key, try value(depth: depth + 1)))
            if try consumeSeparator(end: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    /// Consumes a comma, or the end of an array or object; returns true at the end.
    private mutating func consumeSeparator(end: UInt8) throws(Violation) -> Bool {
        let byte = try next()
        guard byte == end || byte == UInt8(ascii: ",") else { throw Violation(message: "has no ','") }
        position += 1
        return byte == end
    }

    private mutating func string() throws(Violation) -> String {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw Violation(message: "has text that is not UTF-8")
                }
                return result
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw Violation(message: "has a control character in a string")
            default: text.append(byte)
            }
        }
        throw Violation(message: "ends early")
    }

    private mutating func escape() throws(Violation) -> [UInt8] {
        guard position < bytes.count else { throw Violation(message: "ends early") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            guard UTF16.isLeadSurrogate(unit) else { return try utf8([unit]) }
            guard bytes[position...].starts(with: "\\u".utf8) else {
                throw Violation(message: "has an unpaired surrogate")
            }
            position += 2
            return try utf8([unit, try codeUnit()])
        default: throw Violation(message: "has an unknown escape")
        }
    }

    private func utf8(_ units: [UInt16]) throws(Violation) -> [UInt8] {
        guard let text = String(validating: units, as: UTF16.self) else {
            throw Violation(message: "has an unpaired surrogate")
        }
        return Array(text.utf8)
    }

    private mutating func codeUnit() throws(Violation) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw Violation(message: "has an unknown escape") }
        position += 4
        return unit
    }
}

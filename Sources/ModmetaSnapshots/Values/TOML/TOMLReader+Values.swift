// TOML values: numbers, booleans, dates and times, arrays and inline tables.

extension TOMLReader {
    /// Reads one value.
    mutating func value(depth: Int) throws(Problem) -> DocumentValue {
        try count(1, depth: depth)
        switch peek {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?: return .string(try string(isKey: false))
        case UInt8(ascii: "[")?:
            position += 1
            return try array(depth: depth)
        case UInt8(ascii: "{")?:
            position += 1
            return try inlineTable(depth: depth + 1)
        default: return try scalar()
        }
    }

    private mutating func array(depth: Int) throws(Problem) -> DocumentValue {
        var elements: [DocumentValue] = []
        while true {
            try skipBlankLines()
            if consume("]") { return .array(elements) }
            elements.append(try value(depth: depth + 1))
            try skipBlankLines()
            if consume("]") { return .array(elements) }
            guard consume(",") else { throw Problem(words: "an array has neither , nor ]") }
        }
    }

    private mutating func scalar() throws(Problem) -> DocumentValue {
        var word = String(decoding: read(while: TOMLReader.isWordByte), as: UTF8.self)
        // A space may separate date and time.
        if word.utf8.count == 10, TOMLMoment.isDate(word), peek == 0x20 {
            let mark = position
            position += 1
            let time = String(decoding: read(while: TOMLReader.isWordByte), as: UTF8.self)
            if TOMLMoment.isMoment("\(word)T\(time)") { word += " \(time)" } else { position = mark }
        }
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "": throw Problem(words: "a value is missing")
        default: break
        }
        if let value = number(word) { return value }
        guard TOMLMoment.isMoment(word) else { throw Problem(words: "\(String(word.prefix(40))) is not a value") }
        return .string(word)
    }

    private func number(_ word: String) -> DocumentValue? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.utf8.starts(with: prefix.utf8) {
            let digits = word.utf8.dropFirst(2)
            guard let plain = joined(digits, isDigit: { Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
            return Int64(plain, radix: radix).map { .integer($0) }
        }
        switch word {
        case "inf", "+inf", "-inf", "nan", "+nan", "-nan": return SpecialNumber(spelled: word).map { .special($0) }
        default: break
        }
        var rest = word.utf8[...]
        var plain = ""
        func skipSign() {
            if let sign = rest.first, "-+".utf8.contains(sign) { plain += sign == 0x2D ? "-" : ""; rest.removeFirst() }
        }
        func digits() -> String? {
            let run = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
            rest = rest.dropFirst(run.count)
            return joined(run) { (0x30...0x39).contains($0) }
        }
        skipSign()
        guard let whole = digits(), whole == "0" || whole.utf8.first != UInt8(ascii: "0") else { return nil }
        plain += whole
        if rest.isEmpty { return Int64(plain).map { .integer($0) } }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard let fraction = digits() else { return nil }
            plain += ".\(fraction)"
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            plain += "e"
            skipSign()
            guard let exponent = digits() else { return nil }
            plain += exponent
        }
        guard rest.isEmpty, let value = Double(plain) else { return nil }
        return .real(value)
    }

    /// Removes underscores between digits; nil if there are no digits or an underscore is elsewhere.
    private func joined(_ digits: some Collection<UInt8>, isDigit: (UInt8) -> Bool) -> String? {
        var plain: [UInt8] = []
        var mayBreak = false
        for byte in digits {
            guard byte != UInt8(ascii: "_") else {
                guard mayBreak else { return nil }
                mayBreak = false
                continue
            }
            guard isDigit(byte) else { return nil }
            plain.append(byte)
            mayBreak = true
        }
        return mayBreak ? String(decoding: plain, as: UTF8.self) : nil
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

/// TOML dates and times: those of RFC 3339, whole or in parts.
enum TOMLMoment {
    static func isDate(_ text: String) -> Bool { matches(text.utf8, "dddd-dd-dd") }

    /// Whether a text is a date, a time, or both with or without an offset.
    static func isMoment(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if matches(bytes, "dddd-dd-dd") || isTime(bytes[...]) { return true }
        guard bytes.count > 11, matches(bytes[..<10], "dddd-dd-dd"), [0x54, 0x74, 0x20].contains(bytes[10]) else {
            return false
        }
        var time = bytes[11...]
        if time.last == UInt8(ascii: "Z") || time.last == UInt8(ascii: "z") {
            time.removeLast()
        } else if time.count > 6, matches(time.suffix(5), "dd:dd"),
            "+-".utf8.contains(time[time.endIndex - 6])
        {
            time.removeLast(6)
        }
        return isTime(time)
    }

    private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard matches(bytes.prefix(8), "dd:dd:dd") else { return false }
        let fraction = bytes.dropFirst(8)
        return fraction.isEmpty
            || fraction.first == UInt8(ascii: ".") && fraction.count > 1
                && fraction.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func matches(_ bytes: some Collection<UInt8>, _ template: String) -> Bool {
        bytes.count == template.utf8.count
            && zip(bytes, template.utf8).allSatisfy { $1 == UInt8(ascii: "d") ? (0x30...0x39).contains($0) : $0 == $1 }
    }
}

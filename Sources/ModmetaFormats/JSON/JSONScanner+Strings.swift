extension JSONScanner {
    /// Reads a string, after any whitespace.
    ///
    /// UTF-8 is checked strictly: no overlong forms, no surrogates, nothing past U+10FFFF; `\u` escapes of surrogates
    /// must be paired.
    package mutating func string(_ what: @autoclosure () -> String) throws(FormatError) -> String {
        try expect(UInt8(ascii: "\""), "the '\"' of \(what())")
        let start = position
        try skipPlainCharacters()
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        return try stringWithEscapes(from: start)
    }

    /// Skips literal characters, up to a quote or a backslash.
    private mutating func skipPlainCharacters() throws(FormatError) {
        while position < end {
            let byte = bytes[position]
            if byte >= 0x80 {
                position += try characterLength()
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                return
            } else if byte < 0x20 {
                throw malformed("the JSON text has a control character inside a string")
            } else {
                position += 1
            }
        }
        throw FormatError(.truncated, "the JSON text ends inside a string", offset: UInt64(end))
    }

    private mutating func stringWithEscapes(from start: Int) throws(FormatError) -> String {
        var decoded = Array(bytes[start..<position])
        while bytes[position] == UInt8(ascii: "\\") {
            decoded.append(contentsOf: Array(String(try escape()).utf8))
            let plain = position
            try skipPlainCharacters()
            decoded.append(contentsOf: bytes[plain..<position])
        }
        position += 1
        return String(decoding: decoded, as: UTF8.self)
    }

    private mutating func escape() throws(FormatError) -> Unicode.Scalar {
        let start = position
        guard position + 1 < end else {
            throw FormatError(.truncated, "the JSON text ends inside an escape", offset: UInt64(end))
        }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw malformed("the JSON text has an unknown escape", at: start)
        }
    }

    /// Reads the digits of a `\u` escape, and the second escape of a surrogate pair.
    private mutating func unicodeEscape(from start: Int) throws(FormatError) -> Unicode.Scalar {
        var value = try fourHexDigits()
        if value & 0xFC00 == 0xD800, end - position >= 2, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let low = try fourHexDigits()
            guard low & 0xFC00 == 0xDC00 else {
                throw malformed("the JSON text escapes an unpaired surrogate", at: start)
            }
            value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw malformed("the JSON text escapes an unpaired surrogate", at: start)
        }
        return scalar
    }

    private mutating func fourHexDigits() throws(FormatError) -> UInt32 {
        guard end - position >= 4 else {
            throw FormatError(.truncated, "the JSON text ends inside an escape", offset: UInt64(end))
        }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
                throw malformed("the JSON text has an escape without four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// The length of the multi-byte UTF-8 sequence at the position; see RFC 3629, section 4.
    private func characterLength() throws(FormatError) -> Int {
        let first = bytes[position]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw malformed("the JSON text is not UTF-8")
        }
        guard end - position >= length, second.contains(bytes[position + 1]) else {
            throw malformed("the JSON text is not UTF-8")
        }
        for index in position + 2..<position + length where bytes[index] & 0xC0 != 0x80 {
            throw malformed("the JSON text is not UTF-8")
        }
        return length
    }
}

/// A parser for the few Python literals in array headers.
struct PythonLiteral {
    private var reader: ByteReader

    /// Starts at the first byte.
    init(_ reader: ByteReader) { self.reader = reader }

    /// The offset of the next byte in the file.
    var offset: UInt64 { reader.offset }

    /// Reads a dictionary with string keys, which must be the rest of the text.
    ///
    /// - Parameter member: reads the value of a key.
    mutating func dictionary(
        _ member: (inout PythonLiteral, ByteString, UInt64) throws(FormatError) -> Void
    ) throws(FormatError) {
        try expect("{")
        while try peek() != UInt8(ascii: "}") {
            let place = reader.offset
            let key = ByteString(try text())
            try expect(":")
            try member(&self, key, place)
            if try peek() == UInt8(ascii: ",") { try expect(",") }
        }
        try expect("}")
    }

    /// Reads a string without escapes.
    mutating func text() throws(FormatError) -> String {
        let quote = try peek()
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw malformed("a string") }
        _ = try reader.byte("a text")
        var bytes: [UInt8] = []
        while true {
            let byte = try reader.byte("a text")
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            guard byte != UInt8(ascii: "\\") else { throw malformed("a string without escapes") }
            bytes.append(byte)
        }
    }

    /// Reads True or False.
    mutating func bool() throws(FormatError) -> Bool {
        let isTrue = try peek() == UInt8(ascii: "T")
        let word = isTrue ? "True" : "False"
        guard try reader.slice(word.utf8.count, "True or False").elementsEqual(word.utf8) else {
            throw malformed("True or False")
        }
        return isTrue
    }

    /// Reads a tuple of integers.
    mutating func integers() throws(FormatError) -> [UInt64] {
        var integers: [UInt64] = []
        try expect("(")
        while try peek() != UInt8(ascii: ")") {
            guard integers.count < LayoutLimits.rank else {
                throw FormatError(
                    .limitExceeded, "an array has more than \(LayoutLimits.rank) dimensions", offset: reader.offset)
            }
            integers.append(try integer())
            if try peek() == UInt8(ascii: ",") {
                try expect(",")
            } else if try peek() != UInt8(ascii: ")") {
                throw malformed("a tuple")
            }
        }
        try expect(")")
        return integers
    }

    private mutating func integer() throws(FormatError) -> UInt64 {
        var value: UInt64 = 0
        var digits = 0
        while case let byte = try peek(skipsSpace: digits == 0), (0x30...0x39).contains(byte) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = product.addingReportingOverflow(UInt64(byte - 0x30))
            guard !overflow, !sumOverflow else { throw malformed("an integer of 64 bits") }
            value = sum
            digits += 1
            _ = try reader.byte("an integer")
        }
        guard digits > 0 else { throw malformed("an integer") }
        return value
    }

    private mutating func peek(skipsSpace: Bool = true) throws(FormatError) -> UInt8 {
        while true {
            guard reader.remaining > 0 else {
                throw FormatError(.truncated, "the header of an array ends early", offset: reader.offset)
            }
            let byte = reader.bytes[reader.position]
            guard skipsSpace, byte == 0x20 || byte == 0x0A else { return byte }
            _ = try reader.byte("a space")
        }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(FormatError) {
        guard try peek() == UInt8(ascii: character) else { throw malformed("a '\(character)'") }
        _ = try reader.byte("a character")
    }

    private func malformed(_ expected: String) -> FormatError {
        FormatError(.malformed, "expected \(expected) in the header of an array", offset: reader.offset)
    }
}

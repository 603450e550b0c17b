/// A pull parser for JSON text (RFC 8259) that returns one value at a time and builds no tree.
///
/// It is made for headers of untrusted files: every violation has a byte offset, the keys of an object must differ,
/// nesting is bounded, and nothing is allocated except the strings that the caller reads.
package struct JSONScanner {
    /// The levels of arrays and objects a skipped value may nest.
    package static let maximumDepth = 32

    /// The bytes that contain the JSON text; positions are offsets in the file.
    package let bytes: [UInt8]
    /// The index after the JSON text.
    package let end: Int
    /// The index of the next byte.
    package internal(set) var position: Int

    /// Starts at the beginning of the JSON text in a range of bytes.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.upperBound <= bytes.count)
        self.bytes = bytes
        self.end = range.upperBound
        self.position = range.lowerBound
    }

    /// Advances to the next byte that is not whitespace and returns it without consuming it.
    ///
    /// - Parameter what: what is expected, for the error if the text ends; evaluated only then.
    package mutating func peek(_ what: @autoclosure () -> String) throws(FormatError) -> UInt8 {
        skipWhitespace()
        guard position < end else {
            throw FormatError(.truncated, "the JSON text ends where \(what()) is expected", offset: UInt64(end))
        }
        return bytes[position]
    }

    /// Consumes one punctuation byte, after any whitespace.
    package mutating func expect(_ byte: UInt8, _ what: @autoclosure () -> String) throws(FormatError) {
        guard try peek(what()) == byte else {
            throw malformed("the JSON text has an unexpected byte in place of \(what())")
        }
        position += 1
    }

    /// Consumes `byte` and returns true, or consumes `other` and returns false.
    package mutating func consume(_ byte: UInt8, or other: UInt8, _ what: @autoclosure () -> String) throws(FormatError)
        -> Bool
    {
        let next = try peek(what())
        guard next == byte || next == other else {
            throw malformed("the JSON text has an unexpected byte in place of \(what())")
        }
        position += 1
        return next == byte
    }

    /// Checks that only whitespace is left.
    package mutating func expectEnd() throws(FormatError) {
        skipWhitespace()
        guard position == end else { throw malformed("the JSON text continues after its value") }
    }

    /// Reads an object and calls a closure at the value of each member; the closure must read the value.
    ///
    /// - Parameters:
    ///   - what: the object, for errors.
    ///   - limit: the most members allowed.
    ///   - body: receives the scanner, the key and the offset of the key.
    package mutating func members(
        of what: String, limit: Int = .max,
        _ body: (inout JSONScanner, ByteString, Int) throws(FormatError) -> Void
    ) throws(FormatError) {
        try expect(UInt8(ascii: "{"), "the '{' of \(what)")
        if try peek("a key or '}'") == UInt8(ascii: "}") {
            position += 1
            return
        }
        var keys = JSONKeySet()
        repeat {
            _ = try peek("a key")
            let start = position
            let key = ByteString(try string("a key of \(what)"))
            guard keys.insert(key) else {
                throw malformed("the key \(QuotedName(key)) occurs twice in \(what)", at: start)
            }
            guard keys.count <= limit else {
                throw FormatError(.limitExceeded, "\(what) has more than \(limit) members", offset: UInt64(start))
            }
            try expect(UInt8(ascii: ":"), "':'")
            try body(&self, key, start)
        } while try consume(UInt8(ascii: ","), or: UInt8(ascii: "}"), "',' or '}'")
    }

    /// Reads an array and calls a closure at each element; the closure must read the element.
    package mutating func elements(
        of what: String, _ body: (inout JSONScanner) throws(FormatError) -> Void
    ) throws(FormatError) {
        try expect(UInt8(ascii: "["), "the '[' of \(what)")
        if try peek("a value or ']'") == UInt8(ascii: "]") {
            position += 1
            return
        }
        repeat { try body(&self) } while try consume(UInt8(ascii: ","), or: UInt8(ascii: "]"), "',' or ']'")
    }

    /// Creates the error for a broken rule at an offset, by default at the next byte.
    package func malformed(_ message: String, at offset: Int? = nil) -> FormatError {
        FormatError(.malformed, message, offset: UInt64(offset ?? position))
    }

    private mutating func skipWhitespace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}

/// A reader of JSON text (RFC 8259) that hands out one value at a time and builds no tree.
///
/// It is made for headers from files nobody vouches for: every violation names its byte, keys of one object must
/// differ, nesting is bounded, and nothing is allocated beyond the strings that are asked for.
package struct JSONScanner {
    /// The levels of arrays and objects a skipped value may nest.
    package static let maximumDepth = 32

    /// The bytes, of which the JSON text is a part, so that positions are offsets in the file.
    package let bytes: [UInt8]
    /// Where the JSON text ends.
    package let end: Int
    /// The byte that is read next.
    package internal(set) var position: Int

    /// Starts at the beginning of the JSON text that fills a range of some bytes.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.upperBound <= bytes.count)
        self.bytes = bytes
        self.end = range.upperBound
        self.position = range.lowerBound
    }

    /// Moves to the next byte that is not whitespace and returns it without passing it.
    ///
    /// - Parameter what: what is expected there, for the error when the text ends; built only then.
    package mutating func peek(_ what: @autoclosure () -> String) throws(FormatError) -> UInt8 {
        skipWhitespace()
        guard position < end else {
            throw FormatError(.truncated, "the JSON text ends where \(what()) is expected", offset: UInt64(end))
        }
        return bytes[position]
    }

    /// Passes one punctuation byte, with the whitespace before it.
    package mutating func expect(_ byte: UInt8, _ what: @autoclosure () -> String) throws(FormatError) {
        guard try peek(what()) == byte else {
            throw malformed("the JSON text has another byte where \(what()) is expected")
        }
        position += 1
    }

    /// Passes one punctuation byte if it comes next.
    package mutating func pass(_ byte: UInt8, or other: UInt8, _ what: @autoclosure () -> String) throws(FormatError)
        -> Bool
    {
        let next = try peek(what())
        guard next == byte || next == other else {
            throw malformed("the JSON text has another byte where \(what()) is expected")
        }
        position += 1
        return next == byte
    }

    /// Checks that nothing but whitespace is left.
    package mutating func expectEnd() throws(FormatError) {
        skipWhitespace()
        guard position == end else { throw malformed("the JSON text goes on after its value") }
    }

    /// Reads an object and calls a closure at the value of every member; the closure must read the value.
    ///
    /// - Parameters:
    ///   - what: the object, for errors.
    ///   - limit: the largest number of members.
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
        } while try pass(UInt8(ascii: ","), or: UInt8(ascii: "}"), "',' or '}'")
    }

    /// Reads an array and calls a closure at every element; the closure must read the element.
    package mutating func elements(
        of what: String, _ body: (inout JSONScanner) throws(FormatError) -> Void
    ) throws(FormatError) {
        try expect(UInt8(ascii: "["), "the '[' of \(what)")
        if try peek("a value or ']'") == UInt8(ascii: "]") {
            position += 1
            return
        }
        repeat { try body(&self) } while try pass(UInt8(ascii: ","), or: UInt8(ascii: "]"), "',' or ']'")
    }

    /// Makes the error for a broken rule at an offset, by default at the next byte.
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

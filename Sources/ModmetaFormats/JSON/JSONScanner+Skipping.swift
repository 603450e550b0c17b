extension JSONScanner {
    /// Skips a value of any kind, checking its grammar.
    ///
    /// - Parameter depth: the levels of arrays and objects it may nest, which bounds the stack.
    package mutating func skipValue(depth: Int = JSONScanner.maximumDepth) throws(FormatError) {
        switch try peek("a value") {
        case UInt8(ascii: "{"):
            try checkDepth(depth)
            try members(of: "an object") { (scanner, _, _) throws(FormatError) in
                try scanner.skipValue(depth: depth - 1)
            }
        case UInt8(ascii: "["):
            try checkDepth(depth)
            try elements(of: "an array") { (scanner) throws(FormatError) in
                try scanner.skipValue(depth: depth - 1)
            }
        case UInt8(ascii: "\""): _ = try string("a value")
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
        default: throw malformed("the JSON text has an unexpected byte in place of a value")
        }
    }

    private func checkDepth(_ depth: Int) throws(FormatError) {
        guard depth > 0 else {
            throw FormatError(
                .limitExceeded, "the JSON text nests more than \(JSONScanner.maximumDepth) levels",
                offset: UInt64(position))
        }
    }

    private mutating func skipWord(_ word: StaticString) throws(FormatError) {
        let length = word.utf8CodeUnitCount
        guard end - position >= length,
            bytes[position..<position + length].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: length))
        else { throw malformed("the JSON text has an unexpected byte in place of a value") }
        position += length
    }
}

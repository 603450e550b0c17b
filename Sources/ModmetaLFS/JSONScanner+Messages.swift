internal import ModmetaFormats

/// What messages of the LFS protocols have in common: servers write `null`, or another type, where a member may be absent.
extension JSONScanner {
    /// Starts to read a message.
    init(message bytes: [UInt8], _ what: String, limit: Int) throws(FormatError) {
        guard bytes.count <= limit else {
            throw FormatError(.limitExceeded, "\(what) has more than \(limit) bytes", offset: UInt64(limit))
        }
        self.init(bytes, in: 0..<bytes.count)
    }

    /// Reads a string, or nil for another value.
    mutating func optionalString(_ what: String) throws(FormatError) -> String? {
        if try peek(what) == UInt8(ascii: "\"") { return try string(what) }
        try skipValue()
        return nil
    }

    /// Reads an integer, or nil for a value that is no number.
    mutating func optionalInteger(_ what: String) throws(FormatError) -> Int64? {
        switch try peek(what) {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try integer(what)
        default:
            try skipValue()
            return nil
        }
    }

    /// Reads whether a value is `true`.
    mutating func isTrue() throws(FormatError) -> Bool {
        let first = try peek("true or false")
        try skipValue()
        return first == UInt8(ascii: "t")
    }

    /// Refuses one more element of an array that has as many as it may.
    func check(_ count: Int, below limit: Int, _ what: String) throws(FormatError) {
        guard count < limit else {
            throw FormatError(.limitExceeded, "there are more than \(limit) \(what)", offset: UInt64(position))
        }
    }
}

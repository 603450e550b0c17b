extension JSONScanner {
    /// Reads an integer from 0 to 2^64 - 1 exactly, with the whitespace before it.
    package mutating func unsignedInteger(_ what: String) throws(FormatError) -> UInt64 {
        let first = try peek(what)
        let start = position
        guard isDigit(first) else { throw malformed("\(what) is not an integer of 0 or more") }
        var value: UInt64 = 0
        while position < end, isDigit(bytes[position]) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] & 15))
            guard !overflow, !carry else { throw malformed("\(what) is larger than 64 bits hold", at: start) }
            value = sum
            position += 1
        }
        guard first != UInt8(ascii: "0") || position == start + 1 else {
            throw malformed("\(what) has a leading zero", at: start)
        }
        if position < end {
            switch bytes[position] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                throw malformed("\(what) is not a whole number", at: start)
            default: break
            }
        }
        return value
    }

    /// Reads an integer from -2^63 to 2^63 - 1 exactly, with the whitespace before it.
    package mutating func integer(_ what: String) throws(FormatError) -> Int64 {
        let isNegative = try peek(what) == UInt8(ascii: "-")
        let start = position
        if isNegative {
            position += 1
            guard position < end, isDigit(bytes[position]) else {
                throw malformed("the JSON text has a broken number", at: start)
            }
        }
        let magnitude = try unsignedInteger(what)
        let value = isNegative ? Int64(exactly: magnitude).map { -$0 } : Int64(exactly: magnitude)
        if let value { return value }
        guard isNegative, magnitude == Int64.min.magnitude else {
            throw malformed("\(what) is larger than 64 bits hold", at: start)
        }
        return .min
    }

    /// Passes a number of any form.
    mutating func skipNumber() throws(FormatError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let integer = position
        try skipDigits(of: start)
        guard bytes[integer] != UInt8(ascii: "0") || position == integer + 1 else {
            throw malformed("the JSON text has a number with a leading zero", at: start)
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits(of: start)
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits(of: start)
        }
    }

    private mutating func skipDigits(of start: Int) throws(FormatError) {
        let first = position
        while position < end, isDigit(bytes[position]) { position += 1 }
        guard position > first else { throw malformed("the JSON text has a broken number", at: start) }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

/// A point in time as servers write it.
package struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970 in UTC.
    package let seconds: Int64

    /// Parses a date of RFC 3339: `2016-11-10T15:29:07Z`, with a fraction or an offset where it has one.
    package init?(internet text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 64, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = Timestamp.number(bytes[0..<4]), let month = Timestamp.number(bytes[5..<7]),
            let day = Timestamp.number(bytes[8..<10]), let hour = Timestamp.number(bytes[11..<13]),
            let minute = Timestamp.number(bytes[14..<16]), let second = Timestamp.number(bytes[17..<19]),
            let whole = Timestamp.seconds(year, month, day, hour, minute, second)
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop { (0x30...0x39).contains($0) } }
        switch rest.first {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): seconds = whole
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let zone = Array(rest.dropFirst())
            guard zone.count == 5, let hours = Timestamp.number(zone[0..<2]),
                let minutes = Timestamp.number(zone[3..<5])
            else { return nil }
            let offset = hours * 3600 + minutes * 60
            seconds = rest.first == UInt8(ascii: "+") ? whole - offset : whole + offset
        default: return nil
        }
    }

    /// Parses a date of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`; see RFC 9110, section 5.6.7.
    init?(http text: String) {
        let words = text.split { $0 == " " || $0 == ":" }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 8, words[7] == "GMT", let month = months.firstIndex(of: String(words[2])),
            let day = Int64(words[1]), let year = Int64(words[3]), let hour = Int64(words[4]),
            let minute = Int64(words[5]), let second = Int64(words[6]),
            let whole = Timestamp.seconds(year, Int64(month + 1), day, hour, minute, second)
        else { return nil }
        seconds = whole
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 & 15) }
    }

    private static func seconds(
        _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Int64
    ) -> Int64? {
        guard 1...9999 ~= year, 1...12 ~= month, 1...31 ~= day, 0...23 ~= hour, 0...59 ~= minute, 0...60 ~= second
        else { return nil }
        // Years are counted from March, so that the day February may have comes last.
        let years = month > 2 ? year : year - 1
        let monthsSinceMarch = (month + 9) % 12
        let days = years * 365 + years / 4 - years / 100 + years / 400 + (monthsSinceMarch * 153 + 2) / 5 + day - 1
        return ((days - 719_468) * 24 + hour) * 3600 + minute * 60 + second
    }
}

/// A point in time as servers write it.
public struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970 in UTC.
    public let seconds: Int64

    /// Parses a date of RFC 3339: `2016-11-10T15:29:07Z`, with a fraction or an offset where it has one.
    public init?(internet text: String) {
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
    public init?(http text: String) {
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

extension Timestamp {
    /// A point in time by its seconds since 1970 in UTC.
    public init(seconds: Int64) { self.seconds = seconds }

    /// The time as RFC 3339 has it: `2026-11-21T10:54:42Z`.
    public var internet: String {
        let (date, time) = parts
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
    }

    /// The time as AWS signs it: `20261121T105442Z`.
    public var basic: String {
        let (date, time) = parts
        return date.joined() + "T" + time.joined() + "Z"
    }

    /// Year, month and day; hour, minute and second.
    private var parts: (date: [String], time: [String]) {
        // Eras of 400 years from March of year 0.
        let days = seconds.dividedRounding(by: 86_400)
        let shifted = days.quotient + 719_468
        let era = shifted.dividedRounding(by: 146_097)
        let dayOfEra = era.remainder
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era.quotient * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let time = days.remainder
        return (
            [padded(year, 4), padded(month, 2), padded(day, 2)],
            [padded(time / 3600, 2), padded(time / 60 % 60, 2), padded(time % 60, 2)]
        )
    }

    private func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}

extension Int64 {
    /// Divides so that the remainder is never negative.
    fileprivate func dividedRounding(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = (self % divisor + divisor) % divisor
        return ((self - remainder) / divisor, remainder)
    }
}

internal import Glibc

/// A moment in UTC, to the second.
package struct Moment {
    private var fields = tm()

    /// This moment.
    package init() {
        var seconds = time(nil)
        gmtime_r(&seconds, &fields)
    }

    /// A moment by its seconds since 1970.
    package init(secondsSince1970 seconds: Int64) {
        var seconds = time_t(seconds)
        gmtime_r(&seconds, &fields)
    }

    /// As RFC 3339 has it, for example `2024-05-22T14:30:00Z`.
    package var text: String { "\(year)-\(month)-\(day)T\(hour):\(minute):\(second)Z" }

    /// A snapshot's name, for example `v20240522-143000`.
    package var name: String { "v\(year)\(month)\(day)-\(hour)\(minute)\(second)" }

    private var year: String { "\(Int(fields.tm_year) + 1900)" }
    private var month: String { twoDigits(fields.tm_mon + 1) }
    private var day: String { twoDigits(fields.tm_mday) }
    private var hour: String { twoDigits(fields.tm_hour) }
    private var minute: String { twoDigits(fields.tm_min) }
    private var second: String { twoDigits(fields.tm_sec) }

    private func twoDigits(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

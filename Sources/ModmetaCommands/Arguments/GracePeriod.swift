internal import ArgumentParser

/// A span of time as people write it: a number and `s`, `m`, `h`, `d` or `w`; or 0.
struct GracePeriod: ExpressibleByArgument, Hashable {
    /// The span in seconds.
    var seconds: Int64

    /// Two weeks, after which git too drops what nothing leads to.
    static let standard = GracePeriod(seconds: 14 * 86_400)

    /// Takes a span in seconds.
    init(seconds: Int64) { self.seconds = seconds }

    /// Reads a span; nil if it is none, or longer than 100 years.
    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400]
        if argument == "0" || argument == "now" {
            self.init(seconds: 0)
            return
        }
        guard let unit = argument.last.flatMap({ units[$0] }), argument.utf8.count <= 11,
            let number = Int64(argument.dropLast()), number >= 0, argument.utf8.first != UInt8(ascii: "+"),
            number <= 100 * 366 * 86_400 / unit
        else { return nil }
        self.init(seconds: number * unit)
    }

    var defaultValueDescription: String { "2w" }
}

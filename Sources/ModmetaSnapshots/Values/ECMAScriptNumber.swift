/// Numbers in the notation of ECMAScript, as RFC 8785 requires.
///
/// The algorithm is Number::toString of ECMA-262: the shortest digits that read back as the same double, formatted by
/// the position of the decimal point. Swift's description has the same digits in another format.
enum ECMAScriptNumber {
    /// The text of a finite number.
    static func text(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let (digits, point) = decimal(value.magnitude)
        let sign = value < 0 ? "-" : ""
        return sign + text(digits: digits, point: point)
    }

    /// The shortest digits, without leading or trailing zeros, and the position of the point: 0.digits × 10^point.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e")
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
        var digits = String(mantissa[0]) + fraction
        exponent += mantissa[0].count
        while digits.hasPrefix("0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0") { digits.removeLast() }
        return (digits, exponent)
    }

    private static func text(digits: String, point: Int) -> String {
        let count = digits.count
        switch point {
        case count...21 where count <= 21: return digits + String(repeating: "0", count: point - count)
        case 1...21: return digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let tail = count == 1 ? "" : "." + digits.dropFirst()
            return digits.prefix(1) + tail + "e" + (exponent < 0 ? "-" : "+") + "\(exponent.magnitude)"
        }
    }
}

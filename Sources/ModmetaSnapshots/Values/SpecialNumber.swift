internal import ModmetaFormats

/// A number that is not finite; JSON cannot express it, but Python, YAML and TOML can.
public enum SpecialNumber: String, Hashable, Sendable, CaseIterable {
    /// Not a number.
    case notANumber = "NaN"
    /// Positive infinity.
    case infinity = "Infinity"
    /// Negative infinity.
    case negativeInfinity = "-Infinity"

    /// The special number of a double, or nil if it is finite.
    public init?(_ value: Double) {
        guard !value.isFinite else { return nil }
        self = value.isNaN ? .notANumber : value > 0 ? .infinity : .negativeInfinity
    }

    /// Parses the spellings of users and programs, in any case: `nan`, `inf`, `infinity`, with a sign or a leading
    /// point.
    public init?(spelled text: String) {
        // No spelling is longer.
        guard text.utf8.count <= 10 else { return nil }
        var rest = text.lowercased()[...]
        let isNegative = rest.first == "-"
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        if rest.first == "." { rest.removeFirst() }
        switch rest {
        case "nan": self = .notANumber
        case "inf", "infinity": self = isNegative ? .negativeInfinity : .infinity
        default: return nil
        }
    }

    /// Parses unquoted YAML text, in the spelling of both versions.
    init?(yaml text: String) {
        switch ByteString(text) {
        case ".nan", ".NaN", ".NAN": self = .notANumber
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .infinity
        case "-.inf", "-.Inf", "-.INF": self = .negativeInfinity
        default: return nil
        }
    }

    /// The number.
    public var double: Double {
        switch self {
        case .notANumber: .nan
        case .infinity: .infinity
        case .negativeInfinity: -.infinity
        }
    }

    /// The spelling in both versions of YAML.
    var yaml: String {
        switch self {
        case .notANumber: ".nan"
        case .infinity: ".inf"
        case .negativeInfinity: "-.inf"
        }
    }
}

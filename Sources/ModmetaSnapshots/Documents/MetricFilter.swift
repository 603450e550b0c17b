/// A condition on a metric of a snapshot, such as `loss<0.4`.
public struct MetricFilter: Hashable, Sendable {
    /// The comparison operators, longer ones first so that `<=` is not read as `<`.
    private static let comparisons = ["<=", ">=", "!=", "==", "<", ">", "="]

    private let metric: String
    private let comparison: String
    private let value: Double

    /// Parses a condition.
    ///
    /// - Throws: `SnapshotError` with `syntax`.
    public init(parsing text: String) throws(SnapshotError) {
        let start = text.firstIndex { "<>=!".contains($0) } ?? text.endIndex
        let rest = text[start...]
        guard let comparison = MetricFilter.comparisons.first(where: rest.hasPrefix),
            let value = MetricFilter.number(trimmed(rest.dropFirst(comparison.count))),
            case let metric = trimmed(text[..<start]), !metric.isEmpty
        else {
            throw SnapshotError(
                .syntax,
                "\(text.debugDescription) is not a condition; write a metric, a comparison and a number: 'loss<0.4'")
        }
        (self.metric, self.comparison, self.value) = (metric, comparison, value)
    }

    private static func number(_ text: String) -> Double? {
        PlainScalar.number(text)?.double ?? SpecialNumber(spelled: text)?.double
    }

    /// Whether a snapshot has the metric and it satisfies the condition.
    public func matches(_ snapshot: SnapshotDocument) -> Bool {
        guard let number = snapshot.metric(metric) else { return false }
        // NaN equals no number, but users search for it.
        if value.isNaN {
            switch comparison {
            case "=", "==": return number.isNaN
            case "!=": return !number.isNaN
            default: return false
            }
        }
        return switch comparison {
        case "<": number < value
        case "<=": number <= value
        case ">": number > value
        case ">=": number >= value
        case "!=": number != value
        default: number == value
        }
    }
}

private func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}

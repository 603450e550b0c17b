/// The conditions for a list of snapshots; all of them must hold.
public struct SnapshotFilter: Sendable {
    /// Conditions on metrics.
    public var metrics: [MetricFilter] = []
    /// The project.
    public var project: String?
    /// The name of the base model.
    public var baseModel: String?
    /// The earliest creation time in UTC, as a prefix returned by `beginning(of:)`.
    public var since: String?

    /// Creates a filter that matches all snapshots.
    public init() {}

    /// Whether a snapshot matches.
    public func matches(_ snapshot: SnapshotDocument) -> Bool {
        let context = snapshot.value["context"]
        return metrics.allSatisfy { $0.matches(snapshot) }
            && (project.map { context?["project"]?.text == $0 } ?? true)
            && (baseModel.map { context?["base_model"]?["id"]?.text == $0 } ?? true)
            && (since.map { snapshot.created >= $0 } ?? true)
    }

    /// Normalises a prefix of a time, for example `2024-05-22` or `2024-05-22T14:30`.
    ///
    /// - Parameter text: a prefix of `2024-05-22T14:30:00Z`; a space may replace the T.
    /// - Returns: nil if the text is not such a prefix.
    public static func beginning(of text: String) -> String? {
        let template = "dddd-dd-ddTdd:dd:ddZ"
        let time = text.replacing(" ", with: "T", maxReplacements: 1)
        let isTime = zip(time, template).allSatisfy { $1 == "d" ? $0.isASCII && $0.isNumber : $0 == $1 }
        return isTime && [4, 7, 10, 13, 16, 19, 20].contains(time.count) ? time : nil
    }
}

/// Which snapshots are listed; every condition that is set must hold.
public struct SnapshotFilter: Sendable {
    /// Conditions on metrics.
    public var metrics: [MetricFilter] = []
    /// The project.
    public var project: String?
    /// The name of the base model.
    public var baseModel: String?
    /// The beginning of the time in UTC that a snapshot was made at or after, as `beginning(of:)` returns it.
    public var since: String?

    /// Creates a filter that all snapshots pass.
    public init() {}

    /// Whether a snapshot passes.
    public func matches(_ snapshot: SnapshotDocument) -> Bool {
        let context = snapshot.value["context"]
        return metrics.allSatisfy { $0.matches(snapshot) }
            && (project.map { context?["project"]?.text == $0 } ?? true)
            && (baseModel.map { context?["base_model"]?["id"]?.text == $0 } ?? true)
            && (since.map { snapshot.created >= $0 } ?? true)
    }

    /// The beginning of a time as snapshots have it, for example `2024-05-22` or `2024-05-22T14:30`.
    ///
    /// - Parameter text: as much as one likes of `2024-05-22T14:30:00Z`; a blank may stand for the T.
    /// - Returns: nil if the text is no such beginning.
    public static func beginning(of text: String) -> String? {
        let template = "dddd-dd-ddTdd:dd:ddZ"
        let time = text.replacing(" ", with: "T", maxReplacements: 1)
        let isTime = zip(time, template).allSatisfy { $1 == "d" ? $0.isASCII && $0.isNumber : $0 == $1 }
        return isTime && [4, 7, 10, 13, 16, 19, 20].contains(time.count) ? time : nil
    }
}

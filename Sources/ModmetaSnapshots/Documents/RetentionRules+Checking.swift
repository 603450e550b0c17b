public import ModmetaFormats

extension RetentionRules {
    /// Makes sure that each rule about a metric keeps a snapshot of every project: one that keeps none is a slip of the pen, and
    /// would let go of all.
    ///
    /// - Throws: `SnapshotError` with `syntax`, naming the metrics there are.
    public func check(against snapshots: [SnapshotDocument]) throws(SnapshotError) {
        let projects = Dictionary(grouping: snapshots, by: \.project).sorted { $0.key < $1.key }
        for (project, snapshots) in projects {
            for rule in best where rule.ranked(snapshots).isEmpty {
                let place = project.text.isEmpty ? "" : " of the project \(QuotedName(project.text))"
                let hasMetric = snapshots.contains { $0.metric(rule.metric) != nil }
                throw SnapshotError(
                    .syntax,
                    "--keep-best \(QuotedName(rule.metric)) keeps nothing\(place): "
                        + (hasMetric
                            ? "none of its values is a finite number"
                            : "no snapshot has that metric (\(RetentionRules.listing(snapshots)))"))
            }
        }
    }

    /// The metrics that snapshots have, as words of a sentence.
    private static func listing(_ snapshots: [SnapshotDocument]) -> String {
        let names = Set(snapshots.flatMap(\.metricNames).map { ByteString($0) }).sorted()
        guard !names.isEmpty else { return "they have none" }
        let shown = names.prefix(20).map { QuotedName($0.text).description }.joined(separator: ", ")
        return "there are: \(shown)" + (names.count > 20 ? " and \(names.count - 20) more" : "")
    }
}

extension RetentionRules.Best {
    /// The snapshots with a value, the best first; of equals in the order they came.
    func ranked(_ snapshots: [SnapshotDocument]) -> [(snapshot: SnapshotDocument, value: Double)] {
        snapshots.compactMap { snapshot in snapshot.metric(metric).map { (snapshot, $0) } }
            // A run that diverged is the best of nothing, whichever end is good.
            .filter { $0.1.isFinite }
            .sorted { isSmallest ? $0.1 < $1.1 : $0.1 > $1.1 }
    }
}

extension SnapshotDocument {
    /// The project it belongs to; empty for none.
    public var project: ByteString { ByteString(value["context"]?["project"]?.text ?? "") }

    /// What has a number, and may be compared.
    fileprivate var metricNames: [String] {
        ["metrics", "training"].flatMap { value[$0]?.members ?? [] }.map(\.key).filter { metric($0) != nil }
    }
}

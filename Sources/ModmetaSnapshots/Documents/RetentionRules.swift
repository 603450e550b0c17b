public import ModmetaFormats

/// Which snapshots are kept when old ones are cleared away.
public struct RetentionRules: Hashable, Sendable {
    /// A metric and which end of it is good.
    public struct Best: Hashable, Sendable {
        /// The metric's name.
        public var metric: String
        /// Whether small values are the good ones.
        public var isSmallest: Bool
        /// How many snapshots are kept.
        public var count: Int

        /// Words in the names of metrics of which less is better.
        private static let costs = ["loss", "perplexity", "ppl", "error", "err", "wer", "cer", "mse", "mae", "rmse"]

        /// Reads `[min:|max:]METRIC[=COUNT]`; without `min:` or `max:` the metric's name decides.
        ///
        /// - Throws: `SnapshotError` with `syntax`.
        public init(parsing text: String) throws(SnapshotError) {
            var rest = text[...]
            var isSmallest: Bool?
            for (prefix, value) in [("min:", true), ("max:", false)] where rest.hasPrefix(prefix) {
                rest = rest.dropFirst(prefix.count)
                isSmallest = value
            }
            var count = 1
            if let equals = rest.lastIndex(of: "=") {
                guard let number = Int(rest[rest.index(after: equals)...]), number > 0 else {
                    throw SnapshotError(
                        .syntax, "\(text.debugDescription): after = stands how many to keep, for example loss=3")
                }
                count = number
                rest = rest[..<equals]
            }
            guard !rest.isEmpty else {
                throw SnapshotError(.syntax, "\(text.debugDescription) names no metric; write for example min:loss=3")
            }
            metric = String(rest)
            let words = rest.lowercased().split { !$0.isLetter && !$0.isNumber }
            self.isSmallest = isSmallest ?? words.contains { Best.costs.contains(String($0)) }
            self.count = count
        }
    }

    /// How many of the latest are kept; nil for no such rule.
    public var last: Int?
    /// Of which metrics the best are kept.
    public var best: [Best]
    /// Whether those are kept that a tag of another kind names too.
    public var keepsTagged: Bool

    /// Creates rules.
    public init(last: Int?, best: [Best], keepsTagged: Bool) {
        self.last = last
        self.best = best
        self.keepsTagged = keepsTagged
    }

    /// The reasons for which each snapshot is kept, by its name; those without a reason may go.
    ///
    /// Rules hold within a project: a snapshot of one is never the reason for which another's goes.
    ///
    /// - Parameters:
    ///   - snapshots: all snapshots.
    ///   - tagged: the names of those that a tag of another kind names too.
    public func reasons(for snapshots: [SnapshotDocument], tagged: Set<ByteString>) -> [ByteString: [String]] {
        var reasons: [ByteString: [String]] = [:]
        let projects = Dictionary(grouping: snapshots, by: \.project)
        for snapshots in projects.values {
            // Of equal age, the name decides, so that the answer is the same each time.
            let latest = snapshots.sorted { ($0.created, $0.name) > ($1.created, $1.name) }
            for snapshot in latest.prefix(last ?? 0) {
                reasons[ByteString(snapshot.name), default: []].append("recent")
            }
            for rule in best {
                for (snapshot, value) in rule.ranked(latest).prefix(rule.count) {
                    reasons[ByteString(snapshot.name), default: []].append(
                        "\(rule.isSmallest ? "lowest" : "highest") \(rule.metric) \(value)")
                }
            }
        }
        if keepsTagged {
            for snapshot in snapshots where tagged.contains(ByteString(snapshot.name)) {
                reasons[ByteString(snapshot.name), default: []].append("tagged")
            }
        }
        return reasons
    }
}

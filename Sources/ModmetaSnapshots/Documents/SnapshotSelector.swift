internal import ModmetaFormats

/// Finds the snapshot that a user's text identifies.
public enum SnapshotSelector {
    /// The shortest prefix of a hash that is accepted.
    public static let leastPrefix = 4

    /// Returns the snapshot with a name, a tag, a semantic ID or a unique prefix of one of its hashes.
    ///
    /// Names take precedence over hashes. A content or context shared by several snapshots is ambiguous too.
    /// - Throws: `SnapshotError` with `missing`, or with `ambiguous` and the candidates.
    public static func find(_ text: String, in snapshots: [SnapshotDocument]) throws(SnapshotError) -> SnapshotDocument
    {
        let name = name(in: text)
        if let snapshot = snapshots.first(where: { $0.name == name }) { return snapshot }
        let candidates = snapshots.filter { matches($0.id, by: text.lowercased()) }
        guard let first = candidates.first else {
            throw SnapshotError(
                .missing, "no snapshot matches \(text.debugDescription); `modmeta list` shows all snapshots")
        }
        guard candidates.count == 1 else {
            let names = some(of: candidates.map { "\($0.name) (\($0.id))" })
            throw SnapshotError(
                .ambiguous,
                "\(text.debugDescription) matches \(candidates.count) snapshots: \(names); give more digits or the name"
            )
        }
        return first
    }

    /// The first few names, and the number of the others.
    public static func some(of names: [String]) -> String {
        let shown = names.sorted().prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }

    /// The snapshot name in a name or a tag.
    public static func name(in text: String) -> String {
        var name = text[...]
        for start in ["refs/tags/", "snapshot/"] where name.hasPrefix(start) { name = name.dropFirst(start.count) }
        return String(name)
    }

    private static func matches(_ id: SemanticID, by text: String) -> Bool {
        guard text.utf8.count >= leastPrefix else { return false }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        if parts.count == 2 {
            return parts[0].utf8.count >= leastPrefix && id.content.hex.hasPrefix(parts[0])
                && id.context.hex.hasPrefix(parts[1])
        }
        return id.content.hex.hasPrefix(text) || id.context.hex.hasPrefix(text)
    }
}

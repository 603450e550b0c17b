/// One line of a fetch batch: `<object> <ref>`.
struct FetchRequest: Equatable, Sendable {
    /// The object to bring, with all it refers to.
    var object: GitObjectName
    /// The ref that named it.
    var ref: String

    /// Parses what follows `fetch `.
    init?(_ text: Substring) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let object = GitObjectName(parts[0]), !object.isNull else { return nil }
        self.object = object
        ref = String(parts[1])
    }
}

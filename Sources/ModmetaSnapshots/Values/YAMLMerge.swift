/// The merge keys of YAML 1.1, https://yaml.org/type/merge.html, which its loaders for training settings all know.
struct YAMLMerge {
    /// The key, where it stands without quotes.
    static let key = "<<"

    private var sources: [[DocumentValue.Member]] = []

    /// Takes the value of a merge key; false where it is neither a mapping nor a list of mappings.
    mutating func take(_ value: DocumentValue) -> Bool {
        let values = value.elements ?? [value]
        let mappings = values.compactMap(\.members)
        sources = mappings
        return mappings.count == values.count
    }

    /// The members of a mapping with those that are merged: what the mapping says itself counts, then the first source.
    func added(to members: [DocumentValue.Member]) -> [DocumentValue.Member] {
        guard !sources.isEmpty else { return members }
        var keys = Set(members.map { Array($0.key.utf8) })
        return members + sources.joined().filter { keys.insert(Array($0.key.utf8)).inserted }
    }
}

/// The merge keys of YAML 1.1 (https://yaml.org/type/merge.html), which all loaders of training settings support.
struct YAMLMerge {
    /// The merge key, which must be unquoted.
    static let key = "<<"

    private var sources: [[DocumentValue.Member]] = []

    /// Adds the value of a merge key; returns false if it is neither a mapping nor a list of mappings.
    mutating func add(_ value: DocumentValue) -> Bool {
        let values = value.elements ?? [value]
        let mappings = values.compactMap(\.members)
        sources = mappings
        return mappings.count == values.count
    }

    /// Returns the members of a mapping with the merged ones: the mapping's own members win, then the first source.
    func added(to members: [DocumentValue.Member]) -> [DocumentValue.Member] {
        guard !sources.isEmpty else { return members }
        var keys = Set(members.map { Array($0.key.utf8) })
        return members + sources.joined().filter { keys.insert(Array($0.key.utf8)).inserted }
    }
}

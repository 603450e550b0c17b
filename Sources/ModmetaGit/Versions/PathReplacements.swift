/// Which paths each commit replaced or removed, so that a renamed one is found where it is the only one of its kind.
struct PathReplacements: Sendable {
    /// One change, or several that cannot be told apart.
    private struct Only: Sendable {
        private(set) var index: Int?
        private var isEmpty = true

        mutating func add(_ index: Int) {
            self.index = isEmpty ? index : nil
            isEmpty = false
        }
    }

    /// What left one commit.
    private struct Group: Sendable {
        var all = Only()
        var byFileName: [Substring: Only] = [:]
        var byExtension: [Substring?: Only] = [:]

        mutating func add(_ index: Int, _ change: PointerChange) {
            all.add(index)
            byFileName[change.fileName, default: Only()].add(index)
            byExtension[change.fileExtension, default: Only()].add(index)
        }

        func only(beside change: PointerChange) -> Int? {
            byFileName[change.fileName]?.index ?? byExtension[change.fileExtension]?.index ?? all.index
        }
    }

    private var removed: [Int: Group] = [:]
    private var replaced: [Int: Group] = [:]

    init(_ changes: [PointerChange]) {
        for (index, change) in changes.enumerated() where !change.old.isEmpty {
            replaced[change.commit, default: Group()].add(index, change)
            if change.new == nil { removed[change.commit, default: Group()].add(index, change) }
        }
    }

    /// The one change of the same commit that an added path may be the new name of: of its file name, else of its
    /// extension, else at all, removed paths first.
    func only(beside change: PointerChange) -> Int? {
        removed[change.commit]?.only(beside: change) ?? replaced[change.commit]?.only(beside: change)
    }
}

internal import ModmetaFormats

extension RefGeneration {
    /// What changes make of this generation's refs.
    struct Changed {
        /// The refs and HEAD afterwards.
        var refs: StoreRefs
        /// The changes that were made.
        var made: [RefChange]
        /// Why the others were not, by the names of their refs.
        var refused: [ByteString: String]
    }

    /// Applies changes to the refs, all or, unless `isAtomic`, as many as can be.
    ///
    /// - Parameters:
    ///   - heads: branches that HEAD may be pointed at if it names none that exists, the best first.
    ///   - peeled: what the annotated tags among the new objects are about.
    func applying(
        _ changes: [RefChange], isAtomic: Bool, heads: [String], peeled: [GitObjectName: GitObjectName]
    ) -> Changed {
        var entries = Dictionary(refs.all.map { (ByteString($0.name), $0) }) { first, _ in first }
        var refused: [ByteString: String] = [:]
        // Deletions first: a name that one makes free (`a` for `a/b`) can be used at once, as all is one step.
        let ordered = changes.filter { $0.new == nil } + changes.filter { $0.new != nil }
        var directories: [ByteString: Int] = [:]
        for ref in refs.all { RefGeneration.count(ref.name, 1, in: &directories) }
        var made: [RefChange] = []
        for change in ordered {
            let name = ByteString(change.name)
            let now = entries[name]?.target
            guard now == change.old else {
                refused[name] =
                    "the ref is at \(now?.hex ?? "nothing") but expected at \(change.old?.hex ?? "nothing")"
                continue
            }
            guard let new = change.new else {
                if entries.removeValue(forKey: name) != nil {
                    RefGeneration.count(change.name, -1, in: &directories)
                }
                made.append(change)
                continue
            }
            if let reason = RefGeneration.conflict(of: change.name, entries, directories) {
                refused[name] = reason
                continue
            }
            if now == nil { RefGeneration.count(change.name, 1, in: &directories) }
            entries[name] = StoreRefs.Ref(name: change.name, target: new, peeled: peeled[new])
            made.append(change)
        }
        if isAtomic, let reason = refused.values.first {
            for change in made { refused[ByteString(change.name)] = reason }
            return Changed(refs: refs, made: [], refused: refused)
        }

        var head = refs.head
        if case .branch(let current) = head, entries[ByteString(current)] == nil,
            let candidate = heads.first(where: { name in
                made.contains { $0.name.hasSameBytes(as: name) && $0.new != nil }
            })
        {
            head = .branch(candidate)
        }
        let all = entries.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return Changed(refs: StoreRefs(all, head: head), made: made, refused: refused)
    }

    /// Git keeps refs as files, so that none may be a directory of another.
    private static func conflict(
        of name: String, _ entries: [ByteString: StoreRefs.Ref], _ directories: [ByteString: Int]
    ) -> String? {
        if directories[ByteString(name), default: 0] > 0 { return "there are refs below \(name)/; delete them first" }
        let taken = parents(of: name).first { entries[ByteString($0)] != nil }
        return taken.map { "the ref \($0) exists; delete it before \(name) can be made" }
    }

    private static func count(_ name: String, _ step: Int, in directories: inout [ByteString: Int]) {
        for parent in parents(of: name) { directories[ByteString(parent), default: 0] += step }
    }

    private static func parents(of name: String) -> [Substring] {
        name.utf8.indices.filter { name.utf8[$0] == UInt8(ascii: "/") }.map { name[..<$0] }
    }
}

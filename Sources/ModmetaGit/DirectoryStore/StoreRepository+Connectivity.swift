extension StoreRepository {
    /// Finds out whether the store has all that `tips` refer to; what its refs refer to is taken for granted.
    ///
    /// - Parameter excludingRefs: false to take nothing for granted.
    /// - Returns: nil if it has, else git's words about what is missing.
    func gap(behind tips: Set<GitObjectName>, excludingRefs: Bool = true) async throws -> String? {
        // A commit-graph may list commits that have been pruned since.
        let arguments =
            ["-c", "core.commitGraph=false", "rev-list", "--objects", "--quiet", "--stdin"]
            + (excludingRefs ? ["--not", "--all"] : [])
        let output = try await view.git.output(arguments, input: lines(tips))
        return output.status == 0 ? nil : output.errorLine
    }

    /// Whether the store's refs lead to these objects.
    func leadsTo(_ objects: Set<GitObjectName>) async throws -> Bool {
        let arguments = [
            "-c", "core.commitGraph=false", "rev-list", "--objects", "--no-object-names", "--max-count=1", "--stdin",
            "--not", "--all",
        ]
        let output = try await view.git.output(arguments, input: lines(objects))
        return output.status == 0 && output.lines.isEmpty
    }

    private func lines(_ objects: Set<GitObjectName>) -> [UInt8] { Array(objects.map { "\($0)\n" }.joined().utf8) }
}

internal import ModmetaSystem

/// How refs lead to commits, as people can type it: `main~2`.
struct CommitNames: Sendable {
    let git: Git
    let scratch: ScratchDirectory

    /// Says of lost pointers how a ref leads to their commits: a branch, else any ref.
    func naming(_ pointers: [HistoryReport.LostPointer]) async throws -> [HistoryReport.LostPointer] {
        let commits = Set(pointers.compactMap(\.commit))
        guard !commits.isEmpty else { return pointers }
        var names = try await names(of: commits, refs: ["--refs=refs/heads/*"])
        let others = commits.subtracting(names.keys)
        names.merge(try await self.names(of: others, refs: [])) { first, _ in first }
        return pointers.map { pointer in
            var named = pointer
            named.name = pointer.commit.flatMap { names[$0] }
            return named
        }
    }

    private func names(of commits: Set<String>, refs: [String]) async throws -> [String: String] {
        guard !commits.isEmpty else { return [:] }
        let input = try scratch.write(Array(commits.map { "\($0)\n" }.joined().utf8))
        let output = scratch.newFile()
        // Where git cannot walk the history, nothing is named, and the commit is said.
        _ = try await git.capture(
            ["-c", "core.commitGraph=false", "name-rev", "--annotate-stdin"] + refs, input: input, into: output)
        let file = try SystemCall.OwnedFile(output)
        var reader = FileLineReader(descriptor: file.descriptor)
        var names: [String: String] = [:]
        while let line = try await reader.nextLine() {
            // `<commit> (<name>)`, or the commit alone.
            guard let space = line.firstIndex(of: " "), line.hasSuffix(")"), line[space...].hasPrefix(" (") else {
                continue
            }
            names[String(line[..<space])] = String(line[line.index(space, offsetBy: 2)...].dropLast())
        }
        return names
    }
}

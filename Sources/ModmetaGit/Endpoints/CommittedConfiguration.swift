internal import Glibc

/// The `.lfsconfig` of a repository, found where git-lfs finds it.
enum CommittedConfiguration {
    /// Reads the work tree's file, else the index's, else that of the current commit; empty where there is none.
    ///
    /// - Throws: `LFSAgentError` where there is one that git cannot read.
    static func read(in repository: Repository) async throws -> GitConfiguration {
        guard let source = try await source(in: repository) else { return GitConfiguration() }
        do {
            return try await GitConfiguration(readBy: repository.git, from: source)
        } catch let error as GitError where error.status != nil {
            let words = error.words.split(separator: "\n").joined(separator: "; ")
            throw LFSAgentError(
                .malformedConfiguration, "the repository's .lfsconfig cannot be read; correct and commit it: \(words)")
        }
    }

    private static func source(in repository: Repository) async throws -> [String]? {
        if let workTree = repository.workTree {
            let path = "\(workTree)/.lfsconfig"
            if access(path, F_OK) == 0 { return ["--file", path] }
        }
        // During a clone neither the work tree nor the index has the file yet.
        let output = try await repository.git.output(
            ["cat-file", "--batch-check"], input: Array(":.lfsconfig\nHEAD:.lfsconfig\n".utf8))
        for line in output.lines {
            let fields = line.split(separator: " ")
            if fields.count == 3, fields[1] == "blob" { return ["--blob", String(fields[0])] }
        }
        return nil
    }
}

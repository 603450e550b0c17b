package import ModmetaGit
package import ModmetaStore
internal import ModmetaSystem

/// What a collection must keep, as the store and the command line say.
package struct KeptObjects {
    /// Directories of repositories on this machine whose refs count.
    var repositories: [String]
    /// Files of LFS object names, one a line; `-` for standard input.
    var lists: [String]
    /// Whether a source may name nothing at all.
    var allowsEmpty: Bool

    package init(repositories: [String], lists: [String], allowsEmpty: Bool) {
        (self.repositories, self.lists, self.allowsEmpty) = (repositories, lists, allowsEmpty)
    }

    /// The source of what must stay.
    ///
    /// - Parameter history: the store's own history; nil where it has none at all.
    /// - Throws: `RepositoryError` where nothing says what is needed: an empty answer would delete everything.
    package func live(in format: StoreFormat, history: MaintainedHistory?, of url: StoreURL) async throws
        -> any LiveObjects
    {
        var sources: [any LiveObjects] = []
        for path in repositories {
            let history = try await RepositoryHistory(at: path)
            let hasRefs = try await history.hasRefs()
            guard hasRefs || allowsEmpty else { throw KeptObjects.empty(path, "has no refs") }
            sources.append(history)
        }
        for path in lists {
            let objects = try ObjectListing.read(path)
            guard allowsEmpty || !objects.isEmpty else { throw KeptObjects.empty(path, "lists no object") }
            sources.append(ListedObjects(objects))
        }
        let hint =
            "Name every repository that keeps weights here with --keep-refs-of <directory>, once for each, "
            + "or list the LFS objects that must stay with --keep-objects <file>."
        if sources.isEmpty, format.hasHistoryElsewhere {
            throw RepositoryError(
                kind: .input,
                message: "\(url) also holds weights of repositories whose history is elsewhere, so its own refs do not "
                    + "say all that is needed",
                hints: [hint])
        }
        if let history, try await !history.refs().isEmpty {
            sources.append(history)
        } else if sources.isEmpty {
            throw RepositoryError(
                kind: .input, message: "\(url) has no refs, so nothing says which of its weights are needed",
                hints: [hint])
        }
        return AllLiveObjects(sources)
    }

    /// A place was named, and says nothing: more likely it is the wrong one, or what wrote it failed.
    private static func empty(_ path: String, _ fact: String) -> RepositoryError {
        RepositoryError(
            kind: .input, message: "\(path) \(fact), so nothing would stay on its account",
            hints: ["If that is meant, give --allow-empty."])
    }
}

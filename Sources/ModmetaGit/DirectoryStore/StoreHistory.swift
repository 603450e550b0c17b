internal import ModmetaStore

/// The Git side of a store, of whatever kind: what the helper lists, fetches from and pushes to.
protocol StoreHistory {
    /// The hash that names the store's objects; nil while a store that was never pushed to has not chosen one.
    var chosenFormat: GitObjectFormat? { get }

    /// The refs as they are now.
    ///
    /// - Parameter peelingTags: whether to say what annotated tags are about.
    func refs(peelingTags: Bool) async throws -> StoreRefs

    /// Brings objects that a listed ref named, and all they refer to, into the local repository.
    func fetch(
        _ requests: [FetchRequest], into local: LocalRepository, options: RemoteHelperOptions
    ) async throws -> StoreFetch.Outcome

    /// Makes ready for one push.
    func pushTarget(from local: LocalRepository, options: RemoteHelperOptions) throws -> any PushTarget
}

public import ModmetaFormats

/// What does the work behind the git-lfs custom transfer protocol.
///
/// Calls come one at a time and in order: `begin` once, then any number of transfers of the one operation, then `finish`.
/// Whatever is thrown reaches the user as one sentence, the error's description, and ends only the transfer at hand; it is
/// never retried by git-lfs, so what is worth retrying is retried here. When git-lfs dies, the running transfer is
/// cancelled and `finish` is still called.
public protocol TransferAgent: Sendable {
    /// Prepares for transfers with a remote; an error thrown here ends the whole session.
    ///
    /// git-lfs starts its agents one after another and waits for each, so this does no network or disk work.
    ///
    /// - Parameter remote: the remote's name, or a URL where no configured remote has it.
    func begin(_ operation: TransferOperation, remote: String) async throws

    /// Sends the object in the file at `path`; when it returns, the store holds the object durably.
    ///
    /// - Parameter progress: takes the logical bytes done so far, from any task, as often as is convenient.
    func upload(
        _ object: ObjectID, size: UInt64, path: String, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws

    /// Fetches an object into a file and returns its path; git-lfs then verifies the file and renames it.
    ///
    /// The file has to be on the file system of the local LFS objects, as git-lfs does not copy.
    ///
    /// - Parameter progress: takes the logical bytes done so far, from any task, as often as is convenient.
    func download(
        _ object: ObjectID, size: UInt64, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> String

    /// Releases what `begin` and the transfers hold; git-lfs kills an agent that takes longer than 30 seconds.
    func finish() async
}

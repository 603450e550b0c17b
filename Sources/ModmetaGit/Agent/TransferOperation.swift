/// Which way the objects of one git-lfs session travel.
public enum TransferOperation: String, Hashable, Sendable {
    /// From this repository to the store.
    case upload
    /// From the store to this repository.
    case download
}

/// The permission bits of what is made in a store, as its root directory has them.
///
/// A root that its group may write to makes a shared store, as with `core.sharedRepository` in git: what is made
/// there is open to the same people, whatever the maker's umask is. Otherwise the umask decides.
struct StorePermissions: Sendable {
    /// Exact bits for directories of a shared store; nil where the umask decides.
    let directory: UInt32?
    /// Exact bits for objects, which nobody writes to again; nil where the umask decides.
    let immutable: UInt32?
    /// Exact bits for the few files that are replaced or locked; nil where the umask decides.
    let mutable: UInt32?

    init(root mode: UInt32) {
        let isShared = mode & 0o020 != 0
        directory = isShared ? mode & 0o7777 : nil
        immutable = isShared ? mode & 0o444 : nil
        mutable = isShared ? mode & 0o666 : nil
    }
}

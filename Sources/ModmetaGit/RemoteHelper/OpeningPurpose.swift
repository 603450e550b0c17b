public import ModmetaStore

/// Why the helper opens a store.
public enum OpeningPurpose: Sendable, Equatable {
    /// To list its refs and fetch.
    case reading
    /// To push to it; where there is no store, that is `StoreError.Code.noStore`.
    case writing
    /// To push to it; where there is no store, one is made whose Git objects are named in this way.
    case creating(GitObjectFormat)
}

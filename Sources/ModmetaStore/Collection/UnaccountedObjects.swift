public import ModmetaFormats
public import ModmetaSystem

/// LFS objects that must stay and of which the store cannot be seen to have all: while there are any, nothing is deleted.
///
/// What is not seen may be away for a moment, as a disk that is not mounted, and may need what looks dead.
public struct UnaccountedObjects: ModmetaError, Sendable {
    /// One of them.
    public struct Member: Hashable, Sendable {
        /// Which one.
        public var object: ObjectID
        /// What of it is not there, as a sentence without a final full stop.
        public var reason: String
    }

    /// The objects, in the order of their names.
    public var members: [Member]
}

extension UnaccountedObjects {
    /// The store was looked through, and is not in order.
    public var kind: ErrorKind { .finding }

    /// How many there are, and the first.
    public var message: String {
        let first = members.first.map { ", the first being \($0.object): \($0.reason)" } ?? ""
        return "\(members.count) of the LFS objects that must stay cannot be accounted for\(first); nothing was deleted"
    }
}

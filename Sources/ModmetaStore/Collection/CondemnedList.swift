public import ModmetaFormats

/// The objects a collection is about to delete, see docs/formats/condemned.md.
public struct CondemnedList: Hashable, Sendable {
    /// One object, by its family and its name.
    public struct Member: Hashable, Sendable {
        /// The family.
        public var family: ObjectFamily
        /// The digest in the object's name.
        public var digest: Digest

        /// Names an object.
        public init(_ family: ObjectFamily, _ digest: Digest) {
            self.family = family
            self.digest = digest
        }

        /// The object's key.
        public var key: ObjectKey { family.key(digest) }
    }

    /// The families in the order in which their members are deleted: a manifest goes before what it names.
    static let families: [ObjectFamily] = [.manifests, .sketches, .objects]
    /// The most members one list may have; what else is dead waits for the next collection.
    public static let limit = 2_000_000

    /// The members: families in order, and within a family ascending digests, none twice.
    public let members: [Member]
    /// What makes the list's name its writer's own: 16 random bytes.
    let nonce: [UInt8]

    /// Puts members in order; repeated ones count once.
    public init(_ members: some Sequence<Member>) {
        self.init(ordered: Set(members).sorted(by: CondemnedList.isBefore))
    }

    /// Takes members that are in order.
    init(ordered members: [Member], nonce: [UInt8]? = nil) {
        self.members = members
        self.nonce = nonce ?? (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    }

    /// The position of a member, or nil if the list does not have it.
    public func position(of member: Member) -> Int? {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = low + (high - low) / 2
            if CondemnedList.isBefore(members[middle], member) { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low] == member ? low : nil
    }

    static func isBefore(_ left: Member, _ right: Member) -> Bool {
        let (first, second) = (rank(left.family), rank(right.family))
        return first == second ? left.digest < right.digest : first < second
    }

    private static func rank(_ family: ObjectFamily) -> Int { families.firstIndex(of: family) ?? families.count }
}

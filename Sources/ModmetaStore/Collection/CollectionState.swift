public import ModmetaFormats

/// How far a collection has come, as the line `collection` of the format document says it; docs/formats/store.md.
///
/// Members of the list before `swept` are deleted, those from `swept` to `sweeping` are being deleted by whoever has the
/// claim, those behind are condemned and may still be rescued.
public struct CollectionState: Hashable, Sendable {
    /// The key of the line.
    static let key = "collection"

    /// The name of the condemned list.
    public var list: Digest
    /// When the list was published, in seconds since 1970.
    public var condemned: Int64
    /// How many members, from the first, are deleted.
    public var swept: Int
    /// Up to which member deletion is under way; equal to `swept` where none is.
    public var sweeping: Int
    /// Who is deleting: a random number, zero where nobody is.
    public var claim: UInt64

    /// Creates the state in which nothing is deleted yet.
    public init(list: Digest, condemned: Int64) {
        self.list = list
        self.condemned = condemned
        (swept, sweeping, claim) = (0, 0, 0)
    }

    /// The members that are being deleted.
    var underway: Range<Int> { swept..<sweeping }

    /// Reads the value of the line; nil if it breaks a rule.
    init?(value: String) {
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let list = Digest(hex: words[0]), let condemned = Int64(words[1]), condemned >= 0,
            let swept = Int(words[2]), let sweeping = Int(words[3]), let claim = UInt64(words[4]),
            0 <= swept, swept <= sweeping, sweeping <= CondemnedList.limit, (claim == 0) == (swept == sweeping)
        else { return nil }
        self.list = list
        self.condemned = condemned
        self.swept = swept
        self.sweeping = sweeping
        self.claim = claim
        // One spelling for one value: no signs, no leading zeros.
        guard self.value == value else { return nil }
    }

    /// The value of the line.
    var value: String { "\(list) \(condemned) \(swept) \(sweeping) \(claim)" }
}

extension StoreFormat {
    /// The collection under way, or nil if there is none.
    ///
    /// - Throws: `StoreError.Code.corrupt` if the line that tells of it cannot be read.
    public func collection() throws -> CollectionState? {
        let lines = extras.filter { $0.key == CollectionState.key }
        guard let line = lines.first else { return nil }
        guard lines.count == 1, let state = CollectionState(value: line.value) else {
            throw StoreError(
                .corrupt,
                "the line `\(CollectionState.key)` of the store's \(ObjectKey.format.path) is damaged; "
                    + "it must be one line of five values")
        }
        return state
    }

    /// A copy that tells of a collection, or of none.
    func with(_ state: CollectionState?) -> StoreFormat {
        var copy = self
        copy.extras.removeAll { $0.key == CollectionState.key }
        if let state { copy.extras.append(Extra(key: CollectionState.key, value: state.value)) }
        return copy
    }
}

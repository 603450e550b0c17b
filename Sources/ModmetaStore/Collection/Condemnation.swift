internal import ModmetaFormats

/// What a store's format document says of collection at one moment, with the list it names.
///
/// Two equal documents mean that between them no object was condemned, rescued or deleted by a collection: epochs only
/// grow, and within an epoch a list only shrinks and a sweep only goes on.
public struct Condemnation: Sendable {
    /// The bytes of the format document; nil where the store has none.
    public let document: [UInt8]?
    let format: StoreFormat?
    /// How far the collection has come; nil if there is none.
    public let state: CollectionState?
    /// What is condemned; empty if there is no collection.
    public let list: CondemnedList

    /// How many collections were begun in the store.
    public var epoch: UInt64 { format?.epoch ?? 0 }

    /// Reads what a store says now.
    ///
    /// - Parameter known: what was read before; its list is not read again.
    /// - Throws: `StoreError.Code.corrupt` if the format document names a list that is not there or damaged,
    ///   `.unsupported` if this program does not know all that one must know who writes to the store.
    public static func read(from store: any ObjectStore, knowing known: Condemnation? = nil) async throws
        -> Condemnation
    {
        var last: [UInt8]?
        while true {
            let document: [UInt8]
            do {
                document = try await store.read(.format, limit: StoreFormat.byteLimit)
            } catch let error as StoreError where error.code == .missing {
                return Condemnation(document: nil, format: nil, state: nil, list: CondemnedList([]))
            }
            if let known, known.document == document { return known }
            let format = try StoreFormat.read(document)
            // Writers look here before and after all that they publish, also for a line that is new.
            try format.checkWritable()
            guard let state = try format.collection() else {
                return Condemnation(document: document, format: format, state: nil, list: CondemnedList([]))
            }
            if let known, known.state?.list == state.list {
                return Condemnation(document: document, format: format, state: state, list: known.list)
            }
            do {
                let list = try await CondemnedList.read(state.list, from: store)
                guard state.sweeping <= list.members.count else {
                    throw StoreError(.corrupt, "\(ObjectKey.condemned(state.list).path) is shorter than its sweep")
                }
                return Condemnation(document: document, format: format, state: state, list: list)
            } catch let error as StoreError where error.code == .missing {
                // A list that was replaced is deleted; the document has then changed too.
                guard document != last else {
                    throw StoreError(
                        .corrupt,
                        "\(error.message), and \(ObjectKey.format.path) names it; run `modmeta store gc` on the store")
                }
                last = document
            }
        }
    }

    /// Whether the store's format document still is what it was.
    public func isCurrent(in store: any ObjectStore) async throws -> Bool {
        do {
            return try await store.read(.format, limit: StoreFormat.byteLimit) == document
        } catch let error as StoreError where error.code == .missing {
            return document == nil
        }
    }

    /// Whether an object is condemned, and not deleted yet for all that is known.
    public func isCondemned(_ member: CondemnedList.Member) -> Bool { position(of: member) != nil }

    /// The position of a member that is not deleted yet.
    func position(of member: CondemnedList.Member) -> Int? {
        guard let state, let position = list.position(of: member), position >= state.swept else { return nil }
        return position
    }
}

extension CondemnedList {
    /// Reads a list and checks it against its name.
    static func read(_ name: Digest, from store: any ObjectStore) async throws -> CondemnedList {
        let key = ObjectKey.condemned(name)
        let bytes = try await store.read(key, limit: CondemnedList.byteLimit)
        do throws(FormatError) {
            guard SHA256.hash(bytes) == name else {
                throw FormatError(.malformed, "its bytes do not have the SHA-256 in its name", offset: 0)
            }
            return try CondemnedList(parsing: bytes)
        } catch {
            throw StoreError(
                error.code == .unsupportedVersion ? .unsupported : .corrupt, "\(key.path) cannot be used: \(error)")
        }
    }
}

extension StoreFormat {
    /// Parses a document that a store gave.
    static func read(_ bytes: [UInt8]) throws -> StoreFormat {
        do throws(FormatError) {
            return try StoreFormat(parsing: bytes)
        } catch {
            if error.code == .unsupportedVersion { throw StoreError(.unsupported, error.message) }
            throw StoreError(.corrupt, "the store's \(ObjectKey.format.path) is damaged: \(error)")
        }
    }
}

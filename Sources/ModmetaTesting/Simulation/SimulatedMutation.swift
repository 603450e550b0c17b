internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

/// An injected bug: the simulator must find each, or it proves nothing.
public enum SimulatedMutation: String, CaseIterable, Sendable {
    /// The store acknowledges before the bytes are durable.
    case skipsFsync
    /// Publishes a manifest before the payloads it names.
    case publishesManifestFirst
    /// Trusts the length that a writer announced instead of the stored length.
    case trustsLength
    /// Hashes a file neither when it is sent nor when it is received.
    case skipsWholeFileHash
    /// Uses payloads without checking their digests, and does not repeat reads.
    case skipsPayloadDigest
    /// Takes an existing object for complete, even after a torn write.
    case keepsTornObject
    /// Journals a payload before the store acknowledges it, and trusts the journal.
    case journalsBeforeAcknowledgement
    /// Lets a second writer of a name replace the first one's object.
    case replacesExisting
    /// Ignores payloads that are only bases when checking which of a manifest's payloads exist.
    case forgetsBasePayloads
    /// Uses the rest of an interrupted download without hashing it.
    case trustsPartialFile
    /// Moves a ref without checking that the weights exist.
    case skipsGuard
    /// Moves a ref without checking whether another writer moved it.
    case movesRefBlindly
    /// Retries failures forever.
    case retriesForever
    /// Treats refs that cannot be listed as nonexistent in a collection.
    case ignoresRefErrors
    /// Deletes in a collection although a live object is missing.
    case ignoresMissingObjects
    /// Deletes marked objects although they are needed again.
    case forgetsRescue
    /// Deletes objects that were marked just now.
    case ignoresGrace
    /// Deletes objects that another collection has claimed.
    case sharesClaims
    /// Does not check in a push whether a collection interfered.
    case ignoresCollections
    /// Copies manifests before the payloads they name.
    case copiesManifestsFirst
    /// Does not check that a copy has everything that refs need.
    case trustsCopy

    /// Whether this build can inject bugs.
    public static var isSupported: Bool { Omissions<Omission>.arePossible }

    /// The precautions of transfers to omit.
    var omissions: Set<Omission> {
        switch self {
        case .skipsWholeFileHash: [.wholeFileHash]
        case .skipsPayloadDigest: [.payloadDigest]
        case .journalsBeforeAcknowledgement: [.journalOrder]
        case .forgetsBasePayloads: [.basePayloads]
        case .trustsPartialFile: [.partialRehash]
        case .ignoresCollections: [.collections]
        case .skipsFsync, .publishesManifestFirst, .trustsLength, .keepsTornObject, .replacesExisting, .skipsGuard,
            .movesRefBlindly, .retriesForever, .ignoresRefErrors, .ignoresMissingObjects,
            .forgetsRescue, .ignoresGrace, .sharesClaims, .copiesManifestsFirst, .trustsCopy:
            []
        }
    }

    /// The precautions of collections and copies to omit.
    var collectionOmissions: Set<CollectionOmission> {
        switch self {
        case .ignoresMissingObjects: [.accounting]
        case .forgetsRescue: [.rescue]
        case .ignoresGrace: [.grace]
        case .sharesClaims: [.claims]
        case .copiesManifestsFirst: [.payloadsOfCopies]
        case .trustsCopy: [.proofOfCopies]
        default: []
        }
    }

    /// Whether only a simulation with maintenance can find the bug.
    var needsMaintenance: Bool {
        !collectionOmissions.isEmpty || self == .ignoresRefErrors || self == .ignoresCollections
    }
}

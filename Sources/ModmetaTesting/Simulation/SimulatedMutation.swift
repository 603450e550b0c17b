internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

/// A bug put in on purpose: the simulator must find each, or it proves nothing.
public enum SimulatedMutation: String, CaseIterable, Sendable {
    /// The store acknowledges before the bytes are durable.
    case skipsFsync
    /// A manifest is published before the payloads it names.
    case publishesManifestFirst
    /// The size a writer announced is taken for the size that is there.
    case trustsLength
    /// A file is neither hashed when it is sent nor when it is received.
    case skipsWholeFileHash
    /// Payloads are used without a look at their digest, and answers are not read again.
    case skipsPayloadDigest
    /// What is there under a name is taken for whole, though a torn write left it.
    case keepsTornObject
    /// A payload is journaled before the store acknowledged it, and the journal is believed.
    case journalsBeforeAcknowledgement
    /// A second writer of a name replaces the first one's object.
    case replacesExisting
    /// The payloads that serve as bases only are forgotten when a manifest's payloads are looked for.
    case forgetsBasePayloads
    /// What an interrupted download left is used without hashing it.
    case trustsPartialFile
    /// A ref is moved without asking whether the weights are there.
    case skipsGuard
    /// A ref is moved without looking whether somebody else moved it.
    case movesRefBlindly
    /// What fails is tried again for ever.
    case retriesForever
    /// A collection takes refs that cannot be listed for refs that are not there.
    case ignoresRefErrors
    /// A collection deletes though something live is not there.
    case ignoresMissingObjects
    /// A collection deletes what is condemned though it is needed again.
    case forgetsRescue
    /// A collection deletes what was condemned just now.
    case ignoresGrace
    /// A collection deletes what another one has claimed.
    case sharesClaims
    /// A push does not look whether a collection got in between.
    case ignoresCollections
    /// A copy has manifests before what they name.
    case copiesManifestsFirst
    /// A copy does not look whether all that refs need came across.
    case trustsCopy

    /// Whether this build can put bugs in.
    public static var canBePut: Bool { Omissions<Omission>.arePossible }

    /// What is left out of the product for it.
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

    /// What is left out of collections and copies for it.
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

    /// Whether only a simulation in which stores are looked after can find it.
    var needsMaintenance: Bool {
        !collectionOmissions.isEmpty || self == .ignoresRefErrors || self == .ignoresCollections
    }
}

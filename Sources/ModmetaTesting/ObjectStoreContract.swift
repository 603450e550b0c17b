internal import ModmetaFormats
public import ModmetaStore

/// The obligations of `ObjectStore` as checks that every backend must pass.
///
/// Run each of `Obligation.allCases` as a test of its own, or all of them with `run()`.
public struct ObjectStoreContract: Sendable {
    /// One obligation of a store.
    public enum Obligation: String, CaseIterable, Sendable {
        case absentObjects, roundTrip, emptyObject, putFromFile, firstWriterWins, tornObjectIsHealed
        case wrongBytesForHealing, emptyManifestIsHealed, rangesAreExact, limitsHold, listing, listingOfEmptyStore
        case deletion, manifestReplacement, formatSwap, formatRace, writersOfOneKey, writersOfManyKeys,
            readersSeeWholeObjects
    }

    /// Obligations that the underlying service cannot meet.
    public struct Exemptions: OptionSet, Sendable {
        /// The bits of the set.
        public let rawValue: Int

        /// Creates a set from its bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// LFS objects, and only they, cannot be deleted: trying to is `StoreError.Code.unsupported`.
        public static let deletingObjects = Exemptions(rawValue: 1)
        /// LFS objects without a manifest are not listed.
        public static let listingObjects = Exemptions(rawValue: 2)
        /// Bytes that do not match the name of an LFS object are refused (`.corrupt`) before anything is stored, so
        /// there is no torn object to heal.
        public static let tornObjects = Exemptions(rawValue: 4)
    }

    let makeStore: @Sendable () async throws -> any ObjectStore
    let exemptions: Exemptions

    /// Prepares the checks.
    ///
    /// - Parameters:
    ///   - exemptions: the obligations that the store does not meet; the substitute behaviour is checked instead.
    ///   - makeStore: creates a store without objects and without a format document; called once per obligation.
    public init(
        exemptions: Exemptions = [], makeStore: @escaping @Sendable () async throws -> any ObjectStore
    ) {
        self.exemptions = exemptions
        self.makeStore = makeStore
    }

    /// Checks all obligations in turn.
    ///
    /// - Throws: `ContractViolation` for the first that is not met.
    public func run() async throws {
        for obligation in Obligation.allCases { try await check(obligation) }
    }

    /// Checks one obligation on a new store.
    ///
    /// - Throws: `ContractViolation` if it is not met.
    public func check(_ obligation: Obligation) async throws {
        let store = try await makeStore()
        switch obligation {
        case .absentObjects: try await checkAbsentObjects(store)
        case .roundTrip: try await checkRoundTrip(store)
        case .emptyObject: try await checkEmptyObject(store)
        case .putFromFile: try await checkPutFromFile(store)
        case .firstWriterWins: try await checkFirstWriterWins(store)
        case .tornObjectIsHealed: try await checkTornObjectIsHealed(store)
        case .wrongBytesForHealing: try await checkWrongBytesForHealing(store)
        case .emptyManifestIsHealed: try await checkEmptyManifestIsHealed(store)
        case .rangesAreExact: try await checkRangesAreExact(store)
        case .limitsHold: try await checkLimitsHold(store)
        case .listing: try await checkListing(store)
        case .listingOfEmptyStore: try await checkListingOfEmptyStore(store)
        case .deletion: try await checkDeletion(store)
        case .manifestReplacement: try await checkManifestReplacement(store)
        case .formatSwap: try await checkFormatSwap(store)
        case .formatRace: try await checkFormatRace(store)
        case .writersOfOneKey: try await checkWritersOfOneKey(store)
        case .writersOfManyKeys: try await checkWritersOfManyKeys(store)
        case .readersSeeWholeObjects: try await checkReadersSeeWholeObjects(store)
        }
    }

    /// Bytes that differ by seed and length.
    public static func bytes(_ count: Int, seed: UInt8) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) ^ seed }
    }

    /// The key of the LFS object with these bytes.
    public static func key(_ bytes: [UInt8]) -> ObjectKey { .object(ObjectID(SHA256.hash(bytes))) }

    /// Fails unless an operation throws a `StoreError` with a given code.
    static func expect(
        _ code: StoreError.Code, _ what: String, file: StaticString = #fileID, line: UInt = #line,
        _ operation: () async throws -> Void
    ) async throws {
        do {
            try await operation()
        } catch let error as StoreError {
            try ContractViolation.unless(
                error.code == code, "\(what): expected the error \(code), not \(error.code): \(error)", file: file,
                line: line)
            return
        }
        try ContractViolation.unless(false, "\(what): expected the error \(code)", file: file, line: line)
    }
}

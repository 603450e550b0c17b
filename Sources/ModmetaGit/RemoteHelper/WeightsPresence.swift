public import ModmetaFormats

/// Tells which LFS objects the agent's store cannot give back.
public protocol WeightsPresence: Sendable {
    /// Returns those of the objects that are missing, in any order.
    ///
    /// Called with up to a few thousand objects at a time; an object may come more than once.
    func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID]
}

public import ModmetaFormats

/// Tells which LFS objects the agent's store cannot give back.
public protocol WeightsPresence: Sendable {
    /// Returns those of the objects that are missing, in any order.
    ///
    /// Called with up to a few thousand objects at a time; an object may come more than once.
    func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID]

    /// Whether nothing that was found present can have been deleted by a collection since.
    func isUndisturbed() async throws -> Bool

    /// Brings objects that refs lead to now out of a collection's reach, sending again what it has deleted.
    ///
    /// Called after the refs have changed, where `isUndisturbed` is false, as `missing` is called before.
    /// - Returns: those that are lost.
    func secure(_ objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID]
}

extension WeightsPresence {
    /// Nothing collects.
    public func isUndisturbed() async throws -> Bool { true }

    /// Only looks again.
    public func secure(_ objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
        try await missing(among: objects)
    }
}

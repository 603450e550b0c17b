public import ModmetaFormats

/// Tells which LFS objects the agent's store cannot give back.
public protocol WeightsPresence: Sendable {
    /// Returns those of the objects that are missing, in any order.
    ///
    /// Called with up to a few thousand objects at a time; an object may come more than once.
    func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID]

    /// Begins to watch for collections, before the refs are read: what a ref leads to then is there after this call.
    func watch() async throws

    /// Whether no collection runs now, and none has deleted anything since `watch`.
    func isUndisturbed() async throws -> Bool

    /// Brings objects that refs lead to now out of a collection's reach, sending again what it has deleted.
    ///
    /// Called after the refs have changed, where `isUndisturbed` is false, as `missing` is called before.
    /// - Returns: those that are lost.
    func secure(_ objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID]
}

extension WeightsPresence {
    /// Nothing collects.
    public func watch() async throws {}

    /// Nothing collects.
    public func isUndisturbed() async throws -> Bool { true }

    /// Only looks again.
    public func secure(_ objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
        try await missing(among: objects)
    }
}

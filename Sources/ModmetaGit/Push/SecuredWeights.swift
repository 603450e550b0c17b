internal import ModmetaFormats

/// Asks for weights in a way that brings them out of a collection's reach.
struct SecuredWeights: WeightsPresence {
    let weights: any WeightsPresence

    func missing(among objects: [(id: ObjectID, size: UInt64)]) async throws -> [ObjectID] {
        try await weights.secure(objects)
    }
}

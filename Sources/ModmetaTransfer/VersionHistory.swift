public import ModmetaFormats

/// Says which objects an object is likely to be a later version of.
public protocol VersionHistory: Sendable {
    /// The objects that may serve as bases, most promising first; empty where nothing is known.
    func previousVersions(of object: ObjectID, size: UInt64) async throws -> [ObjectID]

    /// The one object that came right before, by commit or by name, or nil.
    ///
    /// Going from predecessor to predecessor may lead in a circle, as where a version was restored.
    func predecessor(of object: ObjectID) async throws -> ObjectID?
}

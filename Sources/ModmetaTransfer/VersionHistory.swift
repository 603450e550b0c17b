public import ModmetaFormats

/// Says which objects an object is likely to be a later version of.
public protocol VersionHistory: Sendable {
    /// The objects that may serve as bases, most promising first; empty where nothing is known.
    func previousVersions(of object: ObjectID, size: UInt64) async throws -> [ObjectID]

    /// The one object that came right before, by commit or by name, or nil.
    ///
    /// Going from predecessor to predecessor may lead in a circle, as where a version was restored.
    func predecessor(of object: ObjectID) async throws -> ObjectID?

    /// The object that was in the same place right before, or nil; not one that only has a name like it.
    func replaced(by object: ObjectID) async throws -> ObjectID?

    /// Where an object comes in history: smaller for what came earlier, nil where that is unknown.
    func place(of object: ObjectID) async throws -> UInt64?
}

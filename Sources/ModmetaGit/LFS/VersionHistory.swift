public import ModmetaFormats

/// Knows which objects a new object may be a later version of.
public protocol VersionHistory: Sendable {
    /// Returns at most eight objects that `object` may resemble, the most promising first.
    ///
    /// It never fetches anything, and an empty answer is an answer: of a shallow or partial clone little is known.
    func previousVersions(of object: ObjectID, size: UInt64) async throws -> [ObjectID]
}

public import ModmetaFormats

/// Names the LFS objects that must stay, each time it is asked anew.
public protocol LiveObjects: Sendable {
    /// Calls `body` for each LFS object that must stay, in any order; one may come more than once.
    ///
    /// What was made reachable before the call must be among them. What cannot be read is an error, never left out: the
    /// objects that are not named may be deleted.
    func forEach(_ body: (ObjectID) throws -> Void) async throws
}

/// A fixed list of LFS objects that must stay.
public struct ListedObjects: LiveObjects {
    private let objects: Set<ObjectID>

    /// Takes the objects.
    public init(_ objects: Set<ObjectID>) { self.objects = objects }

    /// Calls `body` for each.
    public func forEach(_ body: (ObjectID) throws -> Void) async throws { try objects.forEach(body) }
}

/// What several sources say must stay.
public struct AllLiveObjects: LiveObjects {
    private let sources: [any LiveObjects]

    /// Takes the sources.
    public init(_ sources: [any LiveObjects]) { self.sources = sources }

    /// Calls `body` for each object of each source.
    public func forEach(_ body: (ObjectID) throws -> Void) async throws {
        for source in sources { try await source.forEach(body) }
    }
}

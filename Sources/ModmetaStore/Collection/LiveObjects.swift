public import ModmetaFormats

/// Names the LFS objects that must stay, each time it is asked anew.
public protocol LiveObjects: Sendable {
    /// Calls `body` for each LFS object that must stay, in any order; one may come more than once.
    ///
    /// What was made reachable before the call must be among them. What cannot be read is an error, never left out: the
    /// objects that are not named may be deleted.
    func forEach(_ body: (ObjectID) throws -> Void) async throws

    /// What changes whenever `forEach` may name other objects than before; nil where that never happens.
    ///
    /// Asked before each deletion, so it must not take long. What cannot be read is an error, as of `forEach`.
    func mark() async throws -> Digest?

    /// Where objects are needed, for people: a ref and a path. Those that are not found are left out.
    func places(of objects: Set<ObjectID>) async throws -> [ObjectID: String]
}

extension LiveObjects {
    /// The objects are always the same.
    public func mark() async throws -> Digest? { nil }

    /// Nobody knows.
    public func places(of objects: Set<ObjectID>) async throws -> [ObjectID: String] { [:] }
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

    /// Changes when that of any source does.
    public func mark() async throws -> Digest? {
        var hash = SHA256()
        for source in sources { hash.update(try await source.mark()?.bytes ?? [0]) }
        return hash.finish()
    }

    /// What the first source knows that knows anything.
    public func places(of objects: Set<ObjectID>) async throws -> [ObjectID: String] {
        var places: [ObjectID: String] = [:]
        for source in sources {
            let wanted = objects.subtracting(places.keys)
            guard !wanted.isEmpty else { break }
            places.merge(try await source.places(of: wanted)) { first, _ in first }
        }
        return places
    }
}

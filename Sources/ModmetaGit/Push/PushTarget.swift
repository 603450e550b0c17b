internal import ModmetaFormats
internal import ModmetaSystem

/// Where one push goes: a store's refs, and a way to bring objects there.
protocol PushTarget: AnyObject {
    /// Holds passing files for as long as the push runs.
    var scratch: ScratchDirectory { get }

    /// The refs as they are now.
    func refs() async throws -> StoreRefs

    /// Brings what `tips` refer to, and sees that nothing they refer to is missing.
    ///
    /// - Parameters:
    ///   - known: objects that refs of the store name, and that are here as well.
    ///   - isEverythingKnown: whether `tips` add nothing to `known`.
    /// - Throws: `RemoteHelperError.Code.transfer` if the store cannot take them or still lacks something.
    func bring(_ tips: Set<GitObjectName>, known: Set<GitObjectName>, isEverythingKnown: Bool) async throws

    /// Changes refs that still hold what the changes expect; all or none if `isAtomic`. When it returns the change is durable.
    ///
    /// - Parameter heads: branches that HEAD may be pointed at if it names none that exists, the best first.
    /// - Returns: why refs were left alone, by their names; the others have changed.
    func apply(_ changes: [RefChange], isAtomic: Bool, heads: [String]) async throws -> [ByteString: String]

    /// Puts in order what depends on the refs that have changed.
    ///
    /// - Throws: only if what was pushed may be lost.
    func conclude(_ changes: [RefChange], heads: [String]) async throws

    /// Ends the push, whatever came of it.
    func release()
}

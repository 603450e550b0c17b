extension Manifest {
    /// Which entries can be rebuilt: each either from its payload and its base, or because a stand-in has its raw bytes.
    ///
    /// See docs/formats/store.md, "Stand-ins".
    ///
    /// - Parameters:
    ///   - hasPayload: whether an entry's payload is there; asked at most once for each entry, in their order.
    ///   - hasStandIn: whether an entry's stand-in is there; asked of those entries alone that need one.
    public func rebuildable(
        hasPayload: (Int) throws -> Bool, hasStandIn: (Int) throws -> Bool
    ) rethrows -> [Bool] {
        var rebuildable: [Bool] = []
        rebuildable.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            let isDecodable = try hasPayload(index) && entry.base.allSatisfy { rebuildable[$0.entry] }
            rebuildable.append(try isDecodable || entry.encoding != .raw && hasStandIn(index))
        }
        return rebuildable
    }

    /// The chunks whose raw bytes may stand in for a payload: those of all entries but raw ones, which are their own.
    public var standIns: [Digest] { entries.lazy.filter { $0.encoding != .raw }.map(\.chunk.digest) }
}

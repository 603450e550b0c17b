extension Manifest {
    /// Which entries can be rebuilt: from their payload and base, or from a stand-in with their raw bytes.
    ///
    /// See docs/formats/store.md, "Stand-ins".
    ///
    /// - Parameters:
    ///   - hasPayload: whether an entry's payload exists; called at most once per entry, in order.
    ///   - hasStandIn: whether an entry's stand-in exists; called only for entries that need one.
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

    /// The chunks whose raw bytes may stand in for a payload: all except those of raw entries, whose payload is the
    /// chunk.
    public var standIns: [Digest] { entries.lazy.filter { $0.encoding != .raw }.map(\.chunk.digest) }
}

internal import ModmetaFormats

/// Payloads that were read from the store before anything is decoded, by the entries they are of.
struct FetchedPayloads: Sendable {
    var bytes: [Int: [UInt8]] = [:]
    /// Raw bytes of entries that one further on is rebuilt from; see `ChunkRebuilder.rebuildBases`.
    var rebuilt: [Int: [UInt8]] = [:]
}

extension ChunkRebuilder {
    /// The entries whose payloads have to be read for an entry: its own and those of its chain, as far as nothing here has
    /// their bytes.
    func missingPayloads(for index: Int) -> Set<Int> {
        var missing: Set<Int> = []
        var pending = [index]
        while let next = pending.popLast() {
            guard !missing.contains(next), known(next) == nil, !isProbablyLocal(entries[next]) else { continue }
            missing.insert(next)
            pending += entries[next].base.map(\.entry)
        }
        return missing
    }

    /// The length of payloads, in bytes.
    func payloadLength(of indices: Set<Int>) -> Int { indices.reduce(0) { $0 + entries[$1].payloadLength } }

    /// Reads payloads, all at the same time.
    ///
    /// One that is wanted for several entries at once is read once, and not at all where its entry was rebuilt meanwhile.
    /// What the store has lost is left out: whether a stand-in helps shows when the entry is rebuilt.
    func fetch(_ indices: Set<Int>) async throws -> FetchedPayloads {
        try await withThrowingTaskGroup(of: (Int, [UInt8]?).self) { group in
            for index in indices.sorted() {
                group.addTask {
                    let entry = self.entries[index]
                    do {
                        guard self.isUsedAgain[index] else { return (index, try await self.payload(of: entry)) }
                        let payload = try await self.arrivals.bytes(
                            of: index, unless: { self.known(index) != nil },
                            read: { try await self.payload(of: entry) })
                        return (index, payload)
                    } catch  where ChunkRebuilder.isLoss(error) {
                        return (index, nil)
                    }
                }
            }
            var fetched = FetchedPayloads()
            for try await (index, bytes) in group { fetched.bytes[index] = bytes }
            return fetched
        }
    }
}

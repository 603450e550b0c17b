internal import ModmetaFormats
internal import ModmetaStore

extension BaseFinder {
    /// Looks for what names do not find by content: in the bases there are, then in the latest stored files.
    ///
    /// - Parameter named: the bases found by name, best first.
    func addingContent(
        to named: [BaseManifest], for object: ObjectID, layout: Layout, in file: LocalFile
    ) async throws -> BaseSet {
        var coverage = BaseCoverage(of: layout)
        for base in named { coverage.add(base) }
        let wanted = layout.tensors.indices.filter { index in
            layout.tensors[index].isNameless || !coverage.isCovered(index)
                || named.contains { $0.hasOtherRows(than: layout.tensors[index]) }
        }
        guard !wanted.isEmpty, try await mayHaveBases(named) else { return BaseSet(named) }
        guard var match = try await holdingSlot({ try ContentMatch(wanted, of: layout, in: file) }) else {
            return BaseSet(named)
        }
        var bases = named
        for (index, base) in named.enumerated() {
            guard let copy = copy(of: base.manifest.object) else { continue }
            _ = try await holdingSlot { try match.add(base.manifest.layout, at: index, in: copy) }
        }
        guard match.share < Self.enoughCoverage, named.count < Self.limit else {
            return BaseSet(named, stretches: match.stretches)
        }
        let known = Set(named.map(\.manifest.object) + [object])
        let latest = try await context.sketches.latest(
            Self.limit - named.count, in: context.store, excluding: known)
        for candidate in latest where match.share < Self.enoughCoverage {
            guard let base = try await sketched(candidate), let copy = copy(of: base.manifest.object) else { continue }
            if try await holdingSlot({ try match.add(base.manifest.layout, at: bases.count, in: copy) }) {
                bases.append(base)
            }
        }
        return BaseSet(bases, stretches: match.stretches)
    }

    func holdingSlot<Result>(_ work: () throws -> Result) async throws -> Result {
        let slot = try await context.slots.acquire()
        let result = try work()
        _ = consume slot
        return result
    }

    /// Whether the store has anything to be compared with.
    private func mayHaveBases(_ named: [BaseManifest]) async throws -> Bool {
        guard named.isEmpty else { return true }
        return try await !context.sketches.isEmpty(in: context.store)
    }

    /// The local copy of a file; content is looked for only where no byte must be fetched for it.
    func copy(of object: ObjectID) -> LocalFile? {
        try? LocalFile(readingIfPresent: context.objectPath(object))
    }
}

extension Layout.Tensor {
    /// Whether the file gave the tensor no name, so that the one it has says nothing; see docs/formats/distcp.md.
    var isNameless: Bool { name == "tensor" || name.hasPrefix("tensor#") }
}

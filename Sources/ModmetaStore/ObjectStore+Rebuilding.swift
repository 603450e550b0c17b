public import ModmetaFormats

extension ObjectStore {
    /// Whether the store has all that a manifest's file is rebuilt from, at the sizes the manifest records.
    ///
    /// Stand-ins are asked for only where a payload is lacking.
    public func canRebuild(from manifest: Manifest) async throws -> Bool {
        let entries = manifest.entries
        let payloads = try await has(entries.map { (.payload($0.payload), UInt64($0.payloadLength)) })
        if payloads.allSatisfy({ $0 }) { return true }
        let alone = manifest.rebuildable(hasPayload: { payloads[$0] }, hasStandIn: { _ in false })
        let harmed = entries.indices.filter { !alone[$0] && entries[$0].encoding != .raw }
        let found = try await has(harmed.map { (.standIn(entries[$0].chunk), UInt64(entries[$0].rawLength)) })
        let standIns = Set(zip(harmed, found).filter(\.1).map(\.0))
        let rebuildable = manifest.rebuildable(hasPayload: { payloads[$0] }, hasStandIn: { standIns.contains($0) })
        return manifest.chunks.allSatisfy { rebuildable[$0] }
    }
}

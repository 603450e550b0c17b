internal import ModmetaFormats

extension StoreCopier {
    /// Finds out whether the copy can rebuild what refs need: each manifest is read there, and its payloads are looked for.
    ///
    /// What was not listed in the source, was deleted there meanwhile, or lies damaged in the copy is found here.
    func prove(_ live: any LiveObjects, _ report: inout CopyReport) async throws {
        guard !omissions.contains(.proofOfCopies) else { return }
        var needed: Set<ObjectID> = []
        try await live.forEach { needed.insert($0) }
        guard !needed.isEmpty else { return }
        var sizes: [Digest: UInt64] = [:]
        try await destination.list(.objects) { sizes[$0.digest] = $0.size }
        let there = sizes
        let failed = Set(report.failures.map(\.key))
        try await needed.sorted().concurrentForEach(
            width: width, { try await gap(in: $0, there) },
            receive: { found in
                if let found, !failed.contains(found.key) { report.failures.append(found) }
            })
        report.failures.sort { $0.key < $1.key }
    }

    /// What the copy lacks of an object; nil if it can be rebuilt.
    private func gap(in object: ObjectID, _ sizes: [Digest: UInt64]) async throws -> CopyReport.Failure? {
        if sizes[object.digest] != nil { return nil }
        let reason: String
        switch try await StoreAudit(store: destination, parseManifest: parseManifest).manifest(object.digest) {
        case .success(let manifest):
            let payload = manifest.entries.first { sizes[$0.payload.digest] != UInt64(clamping: $0.payloadLength) }
            guard let payload else { return nil }
            // Chunks may stand in for payloads.
            if try await destination.canRebuild(from: manifest) { return nil }
            reason = "refs lead to it, and the copy lacks its payload \(payload.payload); give the same command again"
        case .failure(let damage) where damage.kind == .missing:
            reason = "refs lead to it, and it did not come across; give the same command again"
        case .failure(let damage):
            reason = "its manifest in the copy cannot be used: \(damage.detail)"
        }
        return CopyReport.Failure(key: .manifest(object), reason: reason)
    }
}

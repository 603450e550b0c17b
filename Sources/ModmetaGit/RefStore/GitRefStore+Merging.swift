internal import ModmetaFormats
internal import ModmetaStore

extension GitRefStore {
    /// What the documents that wait to be pushed change in a commit: the union of both.
    ///
    /// Documents that the commit has already, or others in the place of, are not waited for any more.
    func pendingChanges(on tip: String?) async throws -> [RefMirror.Change] {
        let documents = try pending.all()
        guard !documents.isEmpty else { return [] }
        let there = if let tip { try await mirror.read(documents.map(\.path), in: tip) } else { [String: [UInt8]]() }
        var changes: [RefMirror.Change] = []
        var settled: [String] = []
        for document in documents {
            guard try await replaces(document, there[document.path]) else {
                settled.append(document.path)
                continue
            }
            changes.append(.write(document.path, document.bytes))
            if place.pinsPayloads { changes += GitRefStore.pins(of: document) }
        }
        for path in settled { pending.remove(path) }
        return changes
    }

    /// Whether a document takes the place of what is there.
    private func replaces(_ document: PendingDocuments.Document, _ there: [UInt8]?) async throws -> Bool {
        guard let there else { return true }
        if there == document.bytes || document.path == ObjectKey.format.path { return false }
        if there.isEmpty { return true }
        guard document.path.hasPrefix("modmeta/manifests/") else {
            // Named by its own bytes: one of the two is damaged.
            guard let digest = Digest(hex: document.path.suffix(2 * Digest.byteCount)) else { return false }
            return SHA256.hash(document.bytes) == digest && SHA256.hash(there) != digest
        }
        // Both are sound; everybody must choose the same.
        return try await mirror.name(of: document.bytes) < mirror.name(of: there)
    }

    /// LFS pointers to the payloads a manifest names, for hosts that delete LFS objects no pointer names.
    private static func pins(of document: PendingDocuments.Document) -> [RefMirror.Change] {
        guard document.path.hasPrefix("modmeta/manifests/"), let manifest = try? Manifest(parsing: document.bytes)
        else {
            return []
        }
        return manifest.entries.map { entry in
            let hex = entry.payload.hex
            let text =
                "version https://git-lfs.github.com/spec/v1\noid sha256:\(hex)\nsize \(entry.payloadLength)\n"
            return .write("modmeta/pins/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)", Array(text.utf8))
        }
    }
}

public import ModmetaFormats
internal import ModmetaStore

/// The largest manifest that is read: enough for a million chunks.
let manifestSizeLimit = 256 << 20

extension TransferContext {
    /// Reads the manifest of an object and checks it against everything it can be checked against without payloads.
    ///
    /// - Returns: the manifest, or nil if the store has none.
    /// - Throws: `TransferError.Code.corrupt` if it is not a valid manifest of this object.
    func manifest(of object: ObjectID) async throws -> Manifest? {
        let bytes: [UInt8]
        do {
            bytes = try await store.read(.manifest(object), limit: manifestSizeLimit)
        } catch let error as StoreError where error.code == .missing {
            return nil
        }
        do throws(FormatError) {
            let manifest = try Manifest(parsing: bytes)
            try manifest.validate()
            guard manifest.object == object else {
                throw FormatError(.malformed, "it is the manifest of \(manifest.object)", offset: 0)
            }
            return manifest
        } catch {
            throw TransferError(
                .corrupt, "the store's manifest of \(object) cannot be used: \(error); run `modmeta store verify`")
        }
    }

    /// Whether the store has all that the manifest's file is rebuilt from, payloads at their lengths.
    func hasPayloads(of manifest: Manifest) async throws -> Bool {
        guard omissions.contains(.basePayloads) else { return try await store.canRebuild(from: manifest) }
        let entries = manifest.chunks.map { manifest.entries[$0] }
        return try await store.has(entries.map { (.payload($0.payload), UInt64($0.payloadLength)) }).allSatisfy { $0 }
    }

    /// Whether the store has been given an object; what it is rebuilt from is not looked at.
    func isPublished(_ object: ObjectID, size: UInt64) async throws -> Bool {
        async let isWhole = store.has(.object(object), size: size)
        return try await store.size(of: .manifest(object)) != nil ? true : isWhole
    }

    /// Whether the store can rebuild an object: from its manifest and payloads, or because it has the object whole.
    public func canRebuild(_ object: ObjectID, size: UInt64) async throws -> Bool {
        // A store far away is asked for both in one round trip.
        async let isWhole = store.has(.object(object), size: size)
        do {
            if let manifest = try await manifest(of: object), manifest.layout.size == size,
                try await hasPayloads(of: manifest)
            {
                return true
            }
        } catch let error as TransferError where error.code == .corrupt {
            // A manifest that cannot be used is as good as none.
        }
        return try await isWhole
    }
}

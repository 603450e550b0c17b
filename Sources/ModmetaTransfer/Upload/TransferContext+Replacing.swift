internal import ModmetaFormats
internal import ModmetaStore

extension TransferContext {
    /// Puts a manifest in the place of one that was there and cannot be used.
    ///
    /// What is replaced is exactly what was judged: a sound manifest that somebody else published meanwhile is adopted.
    ///
    /// - Parameter bytes: the serialized manifest.
    /// - Throws: `TransferError.Code.corrupt` where the other one is only of a version this program does not know.
    func replaceUnusable(_ manifest: Manifest, by bytes: [UInt8]) async throws {
        let object = manifest.object
        // Each further round needs somebody else to have changed the manifest in the one before.
        for _ in 0..<8 {
            let present: [UInt8]
            do {
                present = try await store.read(.manifest(object), limit: manifestSizeLimit)
            } catch let error as StoreError where error.code == .missing {
                if try await store.put(.manifest(object), .bytes(bytes)) == .created { return }
                continue
            }
            if let other = try parsed(present, of: object), other.layout.size == manifest.layout.size,
                try await hasPayloads(of: other)
            {
                return
            }
            if try await store.replaceManifest(of: object, expected: present, new: bytes) { return }
        }
        throw TransferError(
            .missing, "the store's manifest of \(object) keeps changing and cannot be used; push again")
    }

    /// The manifest that some bytes are, or nil if they are none.
    private func parsed(_ bytes: [UInt8], of object: ObjectID) throws -> Manifest? {
        do throws(FormatError) {
            let manifest = try Manifest(parsing: bytes)
            return manifest.object == object ? manifest : nil
        } catch {
            guard error.code == .unsupportedVersion else { return nil }
            throw TransferError(
                .corrupt, "the store's manifest of \(object) is of a later version: \(error); update modmeta")
        }
    }
}

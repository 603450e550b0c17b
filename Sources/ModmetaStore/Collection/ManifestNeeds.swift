internal import ModmetaFormats

/// What the manifests that stay need.
struct ManifestNeeds {
    /// A payload that is named.
    struct Payload {
        /// Its length, as the manifests say that must be whole; nil where only others name it.
        var length: UInt64?
        /// Whether the store has it at that length.
        var isThere = false
    }

    /// The payloads, and the chunks that may stand in for them.
    var payloads: [Digest: Payload] = [:]
    /// Manifests that were read.
    var read: Set<Digest> = []
    /// Manifests that are damaged, and what is wrong with them.
    var damaged: [Digest: String] = [:]

    /// Adds what a manifest names.
    ///
    /// - Parameter isLive: whether its object must be there whole.
    mutating func add(_ manifest: Manifest, isLive: Bool) {
        read.insert(manifest.object.digest)
        for entry in manifest.entries {
            let name = entry.payload.digest
            if payloads[name] == nil { payloads[name] = Payload() }
            if isLive { payloads[name]?.length = UInt64(clamping: entry.payloadLength) }
        }
        for chunk in manifest.standIns where payloads[chunk] == nil { payloads[chunk] = Payload() }
    }

    /// The payloads that must be there and were not seen.
    var unseen: [Digest] { payloads.filter { $0.value.length != nil && !$0.value.isThere }.map(\.key) }
}

extension Surveyor {
    /// Reads manifests.
    ///
    /// - Returns: what they need, without those that were deleted meanwhile.
    /// - Throws: `StoreError` if one of them cannot be read, or is of a version that is not known, or if one is damaged that
    ///   is kept only because it is young: what it names is then unknown.
    func needs(
        of manifests: [Digest], needed: Set<Digest>, progress: (Int) -> Void
    ) async throws -> ManifestNeeds {
        var needs = ManifestNeeds()
        var done = 0
        try await manifests.concurrentForEach(
            width: width, { ($0, try await read($0)) },
            receive: { digest, reading in
                switch reading {
                case .manifest(let manifest): needs.add(manifest, isLive: needed.contains(digest))
                case .gone: break
                case .damaged(let detail):
                    guard needed.contains(digest) else {
                        throw unusable(digest, .corrupt, "\(detail); run `modmeta store verify --remove-damaged` first")
                    }
                    needs.damaged[digest] = detail
                }
                done += 1
                progress(done)
            })
        return needs
    }

    private enum Reading: Sendable {
        case manifest(Manifest)
        case gone
        case damaged(String)
    }

    private func read(_ digest: Digest) async throws -> Reading {
        let object = ObjectID(digest)
        do {
            let manifest = try parseManifest(try await store.read(.manifest(object), limit: StoreAudit.metadataLimit))
            guard manifest.object == object else { return .damaged("it is the manifest of \(manifest.object)") }
            return .manifest(manifest)
        } catch let error as FormatError {
            guard error.code == .unsupportedVersion else { return .damaged("\(error)") }
            throw unusable(digest, .unsupported, "\(error); use a newer modmeta")
        } catch let error as StoreError {
            switch error.code {
            case .missing: return .gone
            case .corrupt: return .damaged(error.message)
            default: throw unusable(digest, error.code, error.message)
            }
        }
    }

    private func unusable(_ digest: Digest, _ code: StoreError.Code, _ detail: String) -> StoreError {
        StoreError(
            code,
            "\(ObjectKey.manifest(ObjectID(digest)).path) cannot be used, so what it needs is not known, and nothing is "
                + "deleted: \(detail)")
    }
}

public import ModmetaFormats

/// Looks through a whole store: what it holds, and whether all of it is sound.
public struct StoreAudit: Sendable {
    /// Gives the value of a manifest's bytes, or throws if they break a rule.
    public typealias ManifestParser = @Sendable ([UInt8]) throws -> Manifest

    /// The most bytes of a manifest or sketch that are read.
    public static let metadataLimit = 256 << 20

    let store: any ObjectStore
    let parseManifest: ManifestParser
    let width: Int

    /// Prepares an audit.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - width: how many objects are hashed at the same time; each holds 1 MiB in memory.
    ///   - parseManifest: parses and validates a manifest.
    public init(store: any ObjectStore, width: Int = 4, parseManifest: @escaping ManifestParser) {
        self.store = store
        self.parseManifest = parseManifest
        self.width = max(1, width)
    }

    /// Counts what the store holds; reads every manifest, but no object.
    ///
    /// - Parameter progress: receives how many manifests were read, and of how many.
    public func stat(progress: (Int, Int) -> Void = { _, _ in }) async throws -> StoreStatistics {
        var statistics = StoreStatistics()
        var payloads: Set<Digest> = []
        var versions: Set<Digest> = []
        let manifests = try await listed(.manifests)
        for (index, manifest) in manifests.enumerated() {
            progress(index, manifests.count)
            statistics.manifests.add(manifest.size)
            guard case .success(let parsed) = try await self.manifest(manifest.digest) else {
                statistics.unreadableManifests += 1
                continue
            }
            payloads.formUnion(parsed.entries.lazy.map(\.payload.digest))
            payloads.formUnion(parsed.standIns)
            versions.insert(manifest.digest)
            statistics.rawBytes = statistics.rawBytes.addingSaturated(parsed.layout.size)
        }
        for object in try await listed(.objects) {
            if payloads.contains(object.digest) {
                statistics.payloads.add(object.size)
            } else {
                statistics.wholeObjects.add(object.size)
                if !versions.contains(object.digest) {
                    statistics.rawBytes = statistics.rawBytes.addingSaturated(object.size)
                }
            }
        }
        for sketch in try await listed(.sketches) { statistics.sketches.add(sketch.size) }
        return statistics
    }

    func listed(_ family: ObjectFamily) async throws -> [ListedObject] {
        var members: [ListedObject] = []
        try await store.list(family) { members.append($0) }
        return members
    }

    /// Reads a manifest; what is wrong with it comes as the failure.
    func manifest(_ digest: Digest) async throws -> Result<Manifest, Damage> {
        try await manifestWithBytes(digest).map(\.manifest)
    }

    /// Reads a manifest and keeps its bytes, which a second reading might not give.
    func manifestWithBytes(_ digest: Digest) async throws -> Result<(manifest: Manifest, bytes: [UInt8]), Damage> {
        let object = ObjectID(digest)
        do {
            let bytes = try await store.read(.manifest(object), limit: StoreAudit.metadataLimit)
            let manifest = try parseManifest(bytes)
            guard manifest.object == object else {
                return .failure(
                    Damage(kind: .flipped, detail: "it is the manifest of another object, \(manifest.object)"))
            }
            return .success((manifest, bytes))
        } catch let error as FormatError where error.code == .unsupportedVersion {
            return .failure(Damage(kind: .unknown, detail: "\(error)"))
        } catch let error as FormatError {
            return .failure(Damage(kind: error.code == .truncated ? .truncated : .flipped, detail: "\(error)"))
        } catch let error as StoreError {
            return .failure(Damage(error))
        }
    }

    /// What is wrong with one object.
    struct Damage: Error {
        var kind: AuditReport.Finding.Kind
        var detail: String

        init(kind: AuditReport.Finding.Kind, detail: String) {
            self.kind = kind
            self.detail = detail
        }

        init(_ error: StoreError) {
            self.init(kind: error.code == .missing ? .missing : .unreadable, detail: error.message)
        }
    }
}

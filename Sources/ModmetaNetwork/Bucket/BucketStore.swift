internal import ModmetaFormats
internal import Glibc
public import ModmetaStore

/// A store in a bucket: `lfs/` and `modmeta/` as in a directory, but for the format document.
///
/// Where the service ignores conditions (`StoreError.Code.unsupported` of `.ifAbsent`), objects are looked for and then
/// written: racing writers of one object write the same bytes, or manifests that are all right. Only replacing the format
/// document then fails. Objects above 64 MiB are always written so, in parts: there several writers may get `.created`.
///
/// Calls are repeated below, by the bucket, never here.
public struct BucketStore: ObjectStore {
    /// The files; Git's are beside ours.
    public let files: any BucketFiles

    /// The format document that was read last.
    let lastFormat = LastFormat()
    /// How many requests `sizes(of:)` makes at the same time.
    static let requestsInFlight = 32
    /// The size from which an object is looked for before it is sent.
    static let lookFirstSize = 1 << 20

    /// Takes a bucket for a store without looking; see `open(_:)` and `create(_:objectFormat:)`.
    public init(files: any BucketFiles) { self.files = files }

    /// The size of an object in bytes, or nil if the store does not have it.
    public func size(of key: ObjectKey) async throws -> UInt64? {
        guard key == .format else { return try await files.size(of: key.path) }
        return try await newestFormat().map { $0.file.size - UInt64(FormatGeneration.headerLength) }
    }

    /// The sizes of many objects, in the order of `keys`; several are asked for at the same time.
    public func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        try await keys.concurrentMap(width: BucketStore.requestsInFlight) { try await size(of: $0) }
    }

    /// Reads a whole object of at most `limit` bytes.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        guard key == .format else { return try await files.read(key.path, limit: limit) }
        guard let (document, _) = try await readFormat(limit: limit) else {
            throw StoreError(.missing, "\(files.name) has no \(ObjectKey.format.path)")
        }
        return document
    }

    /// Reads a range of an object; the result has exactly the range's length.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        guard key == .format else { return try await files.read(key.path, range: range) }
        let document = try await read(key, limit: StoreFormat.byteLimit)
        guard range.upperBound <= document.count else {
            throw StoreError(.corrupt, "\(key.path) in \(files.name) ends before byte \(range.upperBound)")
        }
        return Array(document[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// Calls `visit` once for each object of a family.
    public func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        try await files.list(prefix: family.directory + "/") { entry in
            if let digest = Digest(hex: entry.path.suffix(2 * Digest.byteCount)), family.key(digest).path == entry.path
            {
                try await visit(ListedObject(digest: digest, size: entry.size, modified: entry.modified))
            }
            return true
        }
    }

    /// Deletes an object; one that is absent is no error.
    public func delete(_ key: ObjectKey) async throws {
        guard key == .format else { return try await files.delete(key.path) }
        var generations: [FormatGeneration] = []
        try await files.list(prefix: FormatGeneration.pathPrefix) { entry in
            if let generation = FormatGeneration(path: entry.path) { generations.append(generation) }
            return true
        }
        lastFormat.forget()
        // The oldest first, so that none of them is ever in effect again.
        for generation in generations.reversed() { try await files.delete(generation.path) }
    }
}

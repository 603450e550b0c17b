internal import ModmetaFormats

/// The files of a bucket below one prefix, by path; what a store and a Git repository in a bucket are built on.
///
/// Obligations of every implementation:
/// - **Whole or absent.** A reader sees the bytes of one `put`, or no file.
/// - **Durable.** When `put` returns, the file survives.
/// - **Absence decides.** Of concurrent `put`s of one path with `.ifAbsent` exactly one gets `.created`; where the
///   service does not honour the condition, the call fails with `StoreError.Code.unsupported`.
/// - **Lost answers.** A `put` with `.ifAbsent` that was sent twice because its answer was lost may say `.existed` though
///   the bytes are ours. Whom that matters to puts a nonce into the bytes and reads them back.
/// - **Errors.** As `ObjectStore` has them.
public protocol BucketFiles: Sendable {
    /// The bucket and prefix for people to read.
    var name: String { get }

    /// The size of a file in bytes, or nil if there is none.
    func size(of path: String) async throws -> UInt64?

    /// Reads a whole file of at most `limit` bytes.
    ///
    /// - Throws: `StoreError.Code.missing`, or `.corrupt` if the file is larger.
    func read(_ path: String, limit: Int) async throws -> [UInt8]

    /// Reads a range of a file; the result has exactly the range's length.
    ///
    /// - Throws: `StoreError.Code.missing`, or `.corrupt` if the file ends before the range does.
    func read(_ path: String, range: Range<UInt64>) async throws -> [UInt8]

    /// Writes a file; `content` decides what becomes of one that is there.
    func put(_ path: String, _ content: ObjectContent, _ condition: PutCondition) async throws -> PutOutcome

    /// Calls `visit` once for each file whose path begins with `prefix`, ordered by the bytes of the path.
    ///
    /// - Parameter visit: returns whether to go on.
    func list(prefix: String, visit: (BucketEntry) async throws -> Bool) async throws

    /// Deletes a file; one that is absent is no error.
    func delete(_ path: String) async throws

    /// Says that files will be put with `.ifAbsent`, so that what must be known for that is found out meanwhile.
    ///
    /// Returns at once. What goes wrong is the affair of the `put` that needs it.
    func expectConditions()
}

extension BucketFiles {
    /// Does nothing: there is nothing to find out.
    public func expectConditions() {}
}

/// What `put` does where a file is there already.
public enum PutCondition: Hashable, Sendable {
    /// It is replaced.
    case always
    /// It stays, and the outcome is `.existed`.
    case ifAbsent
}

/// A file met while listing.
public struct BucketEntry: Hashable, Sendable {
    /// The path below the store's prefix.
    public var path: String
    /// The size in bytes.
    public var size: UInt64
    /// When the file was written, in seconds since 1970.
    public var modified: Int64

    /// Creates an entry.
    public init(path: String, size: UInt64, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }

    /// Whether two entries are the same, paths by their bytes.
    public static func == (left: BucketEntry, right: BucketEntry) -> Bool {
        left.size == right.size && left.modified == right.modified && left.path.hasSameBytes(as: right.path)
    }

    /// Feeds what tells entries apart to a hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(path))
        hasher.combine(size)
        hasher.combine(modified)
    }
}

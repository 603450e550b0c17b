public import ModmetaFormats

/// What is to be done with the objects of a batch.
public enum BatchOperation: String, Hashable, Sendable {
    /// They are to be sent.
    case upload
    /// They are to be fetched.
    case download
}

/// An LFS object as messages name it; alone it is also the body of the request that a `verify` action asks for.
public struct BatchObject: Hashable, Sendable {
    /// The object's name.
    public var id: ObjectID
    /// The size in bytes.
    public var size: UInt64

    /// Names an object.
    public init(id: ObjectID, size: UInt64) {
        self.id = id
        self.size = size
    }
}

/// The body of a Batch request; see docs/formats/lfs-server.md.
public struct BatchRequest: Hashable, Sendable {
    /// The most objects that are put into one request.
    public static let objectLimit = 100
    /// The most objects of a request that is parsed.
    public static let parsedObjectLimit = 1000
    /// The most bytes of a request that is parsed.
    public static let byteLimit = 1 << 20
    /// The most transfers that a parsed request names.
    public static let transferLimit = 64
    /// The media type of requests and responses.
    public static let mediaType = "application/vnd.git-lfs+json"

    /// What is to be done.
    public var operation: BatchOperation
    /// The objects.
    public var objects: [BatchObject]
    /// The names of the transfer adapters that the client has; a server that is told none takes `basic`.
    public var transfers: [String]
    /// The full name of the branch the objects are for, or nil.
    public var ref: String?
    /// The hash that names objects, or nil where the client says nothing and means `sha256`.
    public var hashAlgorithm: String?

    /// Asks for something.
    public init(
        operation: BatchOperation, objects: [BatchObject], transfers: [String] = ["basic"], ref: String? = nil,
        hashAlgorithm: String? = "sha256"
    ) {
        self.operation = operation
        self.objects = objects
        self.transfers = transfers
        self.ref = ref
        self.hashAlgorithm = hashAlgorithm
    }
}

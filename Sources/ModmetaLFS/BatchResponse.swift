public import ModmetaFormats

/// The response to a Batch request; see docs/formats/lfs-server.md.
public struct BatchResponse: Hashable, Sendable {
    /// The most bytes of a response.
    public static let byteLimit = 8 << 20
    /// The most objects of a response; those that were not asked about are the client's to ignore.
    public static let objectLimit = 1000

    /// What the server says about one object.
    public struct Object: Hashable, Sendable {
        /// The object's name.
        public var id: ObjectID
        /// The size in bytes, or nil where the server does not say it.
        public var size: UInt64?
        /// Whether the actions hold all that their requests need to be let in.
        public var isAuthenticated: Bool
        /// The requests that a client may make; none in an upload means that the server has the object.
        public var actions: Actions
        /// Why the server does not serve the object, or nil.
        public var error: ObjectError?

        /// Says something about an object.
        public init(
            id: ObjectID, size: UInt64? = nil, isAuthenticated: Bool = false, actions: Actions = Actions(),
            error: ObjectError? = nil
        ) {
            self.id = id
            self.size = size
            self.isAuthenticated = isAuthenticated
            self.actions = actions
            self.error = error
        }
    }

    /// The requests that a client may make for one object.
    public struct Actions: Hashable, Sendable {
        /// Sends the object.
        public var upload: LFSAction?
        /// Fetches the object.
        public var download: LFSAction?
        /// Confirms an upload.
        public var verify: LFSAction?

        /// Names the requests.
        public init(upload: LFSAction? = nil, download: LFSAction? = nil, verify: LFSAction? = nil) {
            self.upload = upload
            self.download = download
            self.verify = verify
        }

        /// All that there are.
        public var all: [LFSAction] { [upload, download, verify].compactMap(\.self) }

        /// The one that does what a batch is for.
        public subscript(operation: BatchOperation) -> LFSAction? { operation == .upload ? upload : download }
    }

    /// Why the server does not serve one object.
    public struct ObjectError: Hashable, Sendable {
        /// A code with the meaning of the HTTP status of that number.
        public var code: Int
        /// The server's words, which nobody vouches for.
        public var message: String

        /// Gives a reason.
        public init(code: Int, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// The name of the transfer adapter the server chose; `basic` where it says nothing.
    public var transfer: String?
    /// The objects.
    public var objects: [Object]
    /// The hash that names objects; `sha256` where the server says nothing.
    public var hashAlgorithm: String?

    /// Answers a request.
    public init(transfer: String? = "basic", objects: [Object], hashAlgorithm: String? = "sha256") {
        self.transfer = transfer
        self.objects = objects
        self.hashAlgorithm = hashAlgorithm
    }
}

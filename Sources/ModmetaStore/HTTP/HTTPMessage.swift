internal import ModmetaFormats

/// One header field of a request or a response.
public struct HTTPField: Hashable, Sendable {
    /// The name; compared without regard to case.
    public var name: String
    /// The value, without surrounding white space.
    public var value: String

    /// Creates a field; neither part may hold a line break.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The name as a key: its ASCII letters in lower case.
    var key: ByteString { ByteString(String(decoding: HTTPField.lowered(name), as: UTF8.self)) }

    /// Whether this is a field of some name; names have no letters beyond ASCII.
    func isNamed(_ name: String) -> Bool { HTTPField.lowered(self.name).elementsEqual(HTTPField.lowered(name)) }

    private static func lowered(_ text: String) -> [UInt8] {
        text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}

/// What a client sends.
public struct HTTPRequest: Sendable {
    /// The bytes after the header.
    public enum Body: Sendable {
        /// No bytes.
        case none
        /// Bytes in memory.
        case bytes([UInt8])
        /// A range of a regular file, which must not change until the answer is here.
        case file(path: String, range: Range<UInt64>)
    }

    /// The method, in upper case.
    public var method: String
    /// The absolute URL, percent-encoded, without credentials.
    public var url: String
    /// Header fields, credentials included; they never go to another host.
    public var fields: [HTTPField]
    /// The bytes after the header.
    public var body: Body

    /// Creates a request.
    public init(_ method: String, _ url: String, fields: [HTTPField] = [], body: Body = .none) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }
}

/// What a server answers.
public struct HTTPResponse: Sendable {
    /// The status of the last answer, redirects followed.
    public var status: Int
    /// The header fields of the last answer.
    public var fields: [HTTPField]
    /// The bytes after the header; empty where they were written to a file.
    public var body: [UInt8]

    /// Creates a response.
    public init(status: Int, fields: [HTTPField] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The first value of a field.
    public subscript(field name: String) -> String? {
        fields.first { $0.isNamed(name) }?.value
    }

    /// Whether the server did what it was asked.
    public var isSuccess: Bool { (200..<300).contains(status) }
}

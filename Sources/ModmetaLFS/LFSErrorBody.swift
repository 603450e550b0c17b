internal import ModmetaFormats

/// The body by which an LFS server says why it refuses a whole request.
public struct LFSErrorBody: Hashable, Sendable {
    /// The server's words, which nobody vouches for.
    public var message: String
    /// Where more is said, or nil.
    public var documentationURL: String?
    /// What the server calls the request, or nil.
    public var requestID: String?

    /// Gives a reason.
    public init(message: String, documentationURL: String? = nil, requestID: String? = nil) {
        self.message = message
        self.documentationURL = documentationURL
        self.requestID = requestID
    }

    /// The JSON text.
    public func serialized() -> [UInt8] {
        JSONText.object([
            ("message", JSONText.string(message)), ("documentation_url", documentationURL.map(JSONText.string)),
            ("request_id", requestID.map(JSONText.string)),
        ]).bytes
    }

    /// Reads what can be read of a body, which may be cut off or be no JSON at all; nil if it has no message.
    public init?(reading body: [UInt8]) {
        guard var scanner = try? JSONScanner(message: body, "the answer", limit: BatchResponse.byteLimit) else {
            return nil
        }
        var message: String?
        var (documentationURL, requestID): (String?, String?)
        try? scanner.members(of: "the answer", limit: 64) { (scanner, key, _) throws(FormatError) in
            switch key {
            case "message": message = try scanner.optionalString("the message")
            case "documentation_url": documentationURL = try scanner.optionalString("the documentation's URL")
            case "request_id": requestID = try scanner.optionalString("the request's name")
            default: try scanner.skipValue()
            }
        }
        guard let message else { return nil }
        self.init(message: message, documentationURL: documentationURL, requestID: requestID)
    }
}

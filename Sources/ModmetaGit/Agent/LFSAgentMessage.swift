internal import FoundationEssentials
public import ModmetaFormats

/// One line that git-lfs sends to a custom transfer agent.
///
/// The format is that of git-lfs's docs/custom-transfers.md. Fields this program does not know are ignored, because later
/// versions of git-lfs add some.
public enum LFSAgentMessage: Hashable, Sendable {
    /// The session starts.
    case begin(TransferOperation, remote: String)
    /// The object in the file at `path` is to be sent.
    case upload(ObjectID, size: UInt64, path: String)
    /// The object is to be fetched.
    case download(ObjectID, size: UInt64)
    /// The session ends.
    case terminate

    /// The longest line accepted, in bytes.
    public static let lineLimit = 1 << 20

    /// Reads one line, with or without its newline.
    ///
    /// - Throws: `LFSAgentError`, with the object's spelling where the line has one.
    public init(parsing line: String) throws(LFSAgentError) {
        guard line.utf8.count <= LFSAgentMessage.lineLimit else {
            throw LFSAgentError(
                .malformedMessage,
                "git-lfs sent a line of \(line.utf8.count) bytes; at most \(Self.lineLimit) are accepted")
        }
        let bytes = Data(line.utf8)
        let event = try decode(Event.self, from: bytes, object: nil).event
        switch event {
        case "init":
            let fields = try decode(Begin.self, from: bytes, object: nil)
            guard let operation = TransferOperation(rawValue: fields.operation) else {
                throw LFSAgentError(
                    .malformedMessage,
                    "git-lfs asks for operation \"\(fields.operation.excerpt)\"; only upload and download are known")
            }
            self = .begin(operation, remote: fields.remote ?? "")
        case "upload", "download":
            // Read first and leniently, so that every later complaint can name the transfer it ends.
            let spelling = try decode(Spelling.self, from: bytes, object: nil).oid
            let fields = try decode(Transfer.self, from: bytes, object: spelling)
            guard let object = ObjectID(hex: spelling) else {
                throw LFSAgentError(
                    .malformedMessage,
                    "git-lfs asks for object \"\(spelling.excerpt)\", which is not 64 lower-case hexadecimal digits",
                    object: spelling)
            }
            guard let size = UInt64(exactly: fields.size) else {
                throw LFSAgentError(
                    .malformedMessage, "git-lfs gives object \(spelling) the negative size \(fields.size)",
                    object: spelling)
            }
            if event == "download" {
                self = .download(object, size: size)
                return
            }
            guard let path = fields.path, !path.isEmpty else {
                throw LFSAgentError(
                    .malformedMessage, "git-lfs asks to upload object \(spelling) but names no file", object: spelling)
            }
            self = .upload(object, size: size, path: path)
        case "terminate":
            self = .terminate
        default:
            throw LFSAgentError(
                .unknownEvent, "git-lfs sent event \"\(event.excerpt)\", which this version of modmeta does not know")
        }
    }
}

private struct Event: Decodable { var event: String }
private struct Begin: Decodable {
    var operation: String
    var remote: String?
}
private struct Spelling: Decodable { var oid: String }
private struct Transfer: Decodable {
    var size: Int64
    var path: String?
}

private func decode<Fields: Decodable>(
    _ fields: Fields.Type, from bytes: Data, object: String?
) throws(LFSAgentError) -> Fields {
    do {
        return try JSONDecoder().decode(fields, from: bytes)
    } catch DecodingError.keyNotFound(let key, _) {
        throw LFSAgentError(.malformedMessage, "git-lfs sent a message without \"\(key.stringValue)\"", object: object)
    } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
        DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty
    {
        throw unsuitable(context, object)
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
        throw unsuitable(context, object)
    } catch {
        // The decoder names no field for a number that does not fit; by then the line is known to be an object.
        let words = object == nil ? "a line that is not one JSON object" : "a message with a number out of range"
        throw LFSAgentError(.malformedMessage, "git-lfs sent \(words)", object: object)
    }
}

private func unsuitable(_ context: DecodingError.Context, _ object: String?) -> LFSAgentError {
    let field = context.codingPath.last?.stringValue ?? ""
    return LFSAgentError(.malformedMessage, "git-lfs sent a message with an unsuitable \"\(field)\"", object: object)
}

extension String {
    /// The beginning, short enough to be quoted in a message.
    fileprivate var excerpt: String { count <= 80 ? self : prefix(80) + "…" }
}

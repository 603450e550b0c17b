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
        let fields = try LFSAgentFields(parsing: line)
        let event = try fields.text("event")
        switch event {
        case "init":
            let name = try fields.text("operation")
            guard let operation = TransferOperation(rawValue: name) else {
                throw LFSAgentError(
                    .malformedMessage,
                    "git-lfs asks for operation \"\(name.excerpt)\"; only upload and download are known")
            }
            self = .begin(operation, remote: try fields.optionalText("remote") ?? "")
        case "upload", "download":
            // Read first, so that every later complaint can name the transfer it ends.
            let spelling = try fields.text("oid")
            let bytes = try fields.integer("size", object: spelling)
            let path = try fields.optionalText("path", object: spelling)
            guard let object = ObjectID(hex: spelling) else {
                throw LFSAgentError(
                    .malformedMessage,
                    "git-lfs asks for object \"\(spelling.excerpt)\", which is not 64 lower-case hexadecimal digits",
                    object: spelling)
            }
            guard let size = UInt64(exactly: bytes) else {
                throw LFSAgentError(
                    .malformedMessage, "git-lfs gives object \(spelling) the negative size \(bytes)", object: spelling)
            }
            if event == "download" {
                self = .download(object, size: size)
                return
            }
            guard let path, !path.isEmpty else {
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

extension String {
    /// The beginning, short enough to be quoted in a message.
    fileprivate var excerpt: String { count <= 80 ? self : prefix(80) + "…" }
}

internal import ModmetaFormats
internal import ModmetaSystem

/// One line that a custom transfer agent sends to git-lfs.
///
/// The format is that of git-lfs's docs/custom-transfers.md. Objects are spelled as git-lfs spelled them, since it compares
/// the spellings.
public enum LFSAgentReply: Hashable, Sendable {
    /// The session has started.
    case ready
    /// The session cannot start, or a line could not be tied to a transfer.
    case refused(code: Int, message: String)
    /// Some logical bytes of a transfer are done; `bytesSinceLast` is what was added since the reply before.
    case progress(oid: String, bytesSoFar: UInt64, bytesSinceLast: UInt64)
    /// A transfer is done; a download says in which file.
    case complete(oid: String, path: String?)
    /// A transfer has failed.
    case failed(oid: String, code: Int, message: String)

    /// The code of a failure that is the agent's, which git-lfs prints and does not interpret.
    public static let failureCode = 1
    /// The code of a message that breaks the protocol.
    public static let protocolCode = 2

    /// The code for an error, which its kind decides.
    static func code(for error: any Error) -> Int { ErrorKind(of: error) == .usage ? protocolCode : failureCode }

    /// The JSON object, on one line, without a newline.
    public var line: String {
        switch self {
        case .ready: JSONText.object([]).text
        case .refused(let code, let message): JSONText.object([("error", error(code, message))]).text
        case .progress(let oid, let bytesSoFar, let bytesSinceLast):
            JSONText.object([
                ("event", .string("progress")), ("oid", .string(oid)), ("bytesSoFar", .number(bytesSoFar)),
                ("bytesSinceLast", .number(bytesSinceLast)),
            ]).text
        case .complete(let oid, let path):
            JSONText.object([
                ("event", .string("complete")), ("oid", .string(oid)), ("path", path.map(JSONText.string)),
            ])
            .text
        case .failed(let oid, let code, let message):
            JSONText.object([("event", .string("complete")), ("oid", .string(oid)), ("error", error(code, message))])
                .text
        }
    }

    private func error(_ code: Int, _ message: String) -> JSONText {
        // git-lfs shows the message as it is.
        JSONText.object([("code", .number(code)), ("message", .string(TerminalText.line(message)))])
    }
}

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
        var json = ""
        switch self {
        case .ready:
            json = "{}"
        case .refused(let code, let message):
            json = "{\"error\":"
            append(code, message, to: &json)
            json += "}"
        case .progress(let oid, let bytesSoFar, let bytesSinceLast):
            json = "{\"event\":\"progress\",\"oid\":"
            json.appendJSON(oid)
            json += ",\"bytesSoFar\":\(bytesSoFar),\"bytesSinceLast\":\(bytesSinceLast)}"
        case .complete(let oid, let path):
            json = "{\"event\":\"complete\",\"oid\":"
            json.appendJSON(oid)
            if let path {
                json += ",\"path\":"
                json.appendJSON(path)
            }
            json += "}"
        case .failed(let oid, let code, let message):
            json = "{\"event\":\"complete\",\"oid\":"
            json.appendJSON(oid)
            json += ",\"error\":"
            append(code, message, to: &json)
            json += "}"
        }
        return json
    }

    private func append(_ code: Int, _ message: String, to json: inout String) {
        json += "{\"code\":\(code),\"message\":"
        // git-lfs shows it as it is.
        json.appendJSON(TerminalText.line(message))
        json += "}"
    }
}

extension String {
    /// Appends a string as RFC 8259 has it, in quotes.
    fileprivate mutating func appendJSON(_ text: String) {
        self += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": self += "\\\""
            case "\\": self += "\\\\"
            case "\n": self += "\\n"
            case "\r": self += "\\r"
            case "\t": self += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                self += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: unicodeScalars.append(scalar)
            }
        }
        self += "\""
    }
}

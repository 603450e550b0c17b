public import ModmetaFormats

/// The states of one session with git-lfs: what may come when, and which reply answers what.
///
/// It does no input or output. Every action but `finish` and `fail` is to be answered by one of the reply builders
/// before the next line is given to it.
public struct LFSAgentProtocol: Sendable {
    /// What a received line asks for.
    public enum Action: Hashable, Sendable {
        /// Start the session; answered by `began` or `failedToBegin`.
        case begin(TransferOperation, remote: String)
        /// Send an object; answered by `completed` or `failed`.
        case upload(ObjectID, size: UInt64, path: String)
        /// Fetch an object; answered by `completed` or `failed`.
        case download(ObjectID, size: UInt64)
        /// End the session; nothing may be written any more.
        case finish
        /// Send this reply, do nothing else, and go on reading.
        case fail(LFSAgentReply)
    }

    private enum State: Sendable {
        case new
        case beginning(TransferOperation)
        case ready(TransferOperation)
        case transferring(TransferOperation, ObjectID)
        case refused
        case finished
    }

    private var state = State.new

    /// Creates the state before the first line.
    public init() {}

    /// Takes in one line and tells what to do about it.
    public mutating func received(_ line: String) -> Action {
        do throws(LFSAgentError) {
            let message = try LFSAgentMessage(parsing: line)
            switch message {
            case .begin(let operation, let remote):
                guard case .new = state else { throw unexpected(message) }
                state = .beginning(operation)
                return .begin(operation, remote: remote)
            case .upload(let object, let size, let path):
                guard case .ready(.upload) = state else { throw unexpected(message) }
                state = .transferring(.upload, object)
                return .upload(object, size: size, path: path)
            case .download(let object, let size):
                guard case .ready(.download) = state else { throw unexpected(message) }
                state = .transferring(.download, object)
                return .download(object, size: size)
            case .terminate:
                state = .finished
                return .finish
            }
        } catch {
            let code = LFSAgentReply.code(for: error)
            return .fail(
                error.object.map { .failed(oid: $0, code: code, message: error.message) }
                    ?? .refused(code: code, message: error.message))
        }
    }

    /// The reply that the session has started.
    public mutating func began() -> LFSAgentReply {
        guard case .beginning(let operation) = state else { preconditionFailure("no session is being started") }
        state = .ready(operation)
        return .ready
    }

    /// The reply that the session cannot start; every later request is refused.
    public mutating func failedToBegin(_ message: String, code: Int = LFSAgentReply.failureCode) -> LFSAgentReply {
        guard case .beginning = state else { preconditionFailure("no session is being started") }
        state = .refused
        return .refused(code: code, message: message)
    }

    /// The reply that the running transfer is done.
    ///
    /// - Parameter path: the file a download was written to; nil for an upload.
    public mutating func completed(path: String?) -> LFSAgentReply {
        .complete(oid: endTransfer().hex, path: path)
    }

    /// The reply that the running transfer has failed.
    public mutating func failed(_ message: String, code: Int = LFSAgentReply.failureCode) -> LFSAgentReply {
        .failed(oid: endTransfer().hex, code: code, message: message)
    }

    private mutating func endTransfer() -> ObjectID {
        guard case .transferring(let operation, let object) = state else {
            preconditionFailure("no transfer is running")
        }
        state = .ready(operation)
        return object
    }

    private func unexpected(_ message: LFSAgentMessage) -> LFSAgentError {
        let (name, object) =
            switch message {
            case .begin: ("init", ObjectID?.none)
            case .upload(let object, _, _): ("upload", object)
            case .download(let object, _): ("download", object)
            case .terminate: ("terminate", nil)
            }
        let reason =
            switch state {
            case .new: "before init"
            case .beginning: "while init was being answered"
            case .ready(let operation) where object != nil: "in a session that is for \(operation.rawValue)"
            case .ready: "a second time"
            case .transferring(_, let running): "while object \(running.hex) was being transferred"
            case .refused: "after init had failed"
            case .finished: "after terminate"
            }
        return LFSAgentError(.unexpectedMessage, "git-lfs sent \(name) \(reason)", object: object?.hex)
    }
}

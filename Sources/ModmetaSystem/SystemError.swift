internal import Glibc

/// The system refused what was tried with a file, a directory or a thread.
public struct SystemError: ModmetaError, Hashable, Sendable {
    /// What kind of failure it is.
    public enum Code: Hashable, Sendable, CaseIterable {
        /// There is no such file or directory.
        case missing
        /// This user may not do that, or the file system is mounted for reading only.
        case denied
        /// The file system or a quota is full.
        case full
        /// The file system cannot be reached, or something is in use; the same call may succeed later.
        case unavailable
        /// There is a symbolic link, a directory, a pipe or a device in the place of a regular file.
        case irregular
        /// The file ends before what was to be read.
        case truncated
        /// The file changed while it was read.
        case changed
        /// The file system cannot do what is needed.
        case unsupported
        /// Another error of the system.
        case other
    }

    /// What kind of failure it is.
    public var code: Code
    /// What was tried, as the words after "cannot": `read`, `write`, `create the directory`.
    public var action: String
    /// The file or directory it was tried on, as a person knows it.
    public var path: String
    /// Why that failed, in the system's words or ours.
    public var reason: String
    /// What to do; nil where nothing can be said in general.
    public var advice: String?

    /// Describes a failure.
    ///
    /// - Parameter advice: what to do; nil for what follows from the kind of failure.
    package init(_ code: Code, to action: String, _ path: String, _ reason: String, advice: String? = nil) {
        self.code = code
        self.action = action
        self.path = HeldDirectory.shown(path)
        self.reason = reason
        self.advice = advice ?? SystemError.advice(for: code)
    }

    /// Describes a system call that just failed on a path; call it before anything else can change `errno`.
    package static func failed(to action: String, _ path: String, errno number: CInt = errno) -> SystemError {
        SystemError(code(of: number), to: action, path, RegularFile.reason(number))
    }

    /// The kind of failure that a number of errno(3) stands for.
    static func code(of number: CInt) -> Code {
        switch number {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM, EROFS: .denied
        case ENOSPC, EDQUOT, EFBIG: .full
        case ESTALE, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOTCONN, EAGAIN, EMFILE, ENFILE:
            .unavailable
        case ELOOP, ENXIO, EISDIR: .irregular
        default: .other
        }
    }

    private static func advice(for code: Code) -> String? {
        switch code {
        case .denied: "check who may use it and whether it is mounted for writing"
        case .full: "make room and give the same command again"
        case .unavailable: "give the same command again when it can be reached"
        case .changed: "give the same command again"
        case .missing, .irregular, .truncated, .unsupported, .other: nil
        }
    }

    /// What failed, where, and what to do, in one sentence without a final full stop.
    public var message: String { "cannot \(action) \(path): \(reason)" + (advice.map { "; \($0)" } ?? "") }
}

extension SystemError {
    /// What is at fault.
    public var kind: ErrorKind {
        switch code {
        case .missing: .missing
        case .truncated: .corrupt
        case .irregular, .changed: .input
        case .unavailable: .transient
        case .denied, .full, .unsupported, .other: .environment
        }
    }
}

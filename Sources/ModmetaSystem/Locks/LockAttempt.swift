internal import Glibc

/// The outcome of a try to lock an open file by `flock`.
package enum LockAttempt: Equatable {
    /// The file is locked.
    case locked
    /// Somebody else's lock is in the way.
    case held
    /// The file system cannot lock files, or not now; nobody can tell whether somebody has the file.
    case failed(errno: CInt)

    /// Tries to lock a file without waiting.
    ///
    /// - Parameter kind: `LOCK_EX` or `LOCK_SH`.
    package init(_ descriptor: CInt, _ kind: CInt) {
        while true {
            if flock(descriptor, kind | LOCK_NB) == 0 {
                self = .locked
                return
            }
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: self = .held
            default: self = .failed(errno: errno)
            }
            return
        }
    }

    /// Locks a file that others keep for a moment only, waiting for them in this thread.
    ///
    /// - Returns: `.locked` or `.failed`.
    package static func waiting(_ descriptor: CInt, _ kind: CInt) -> LockAttempt {
        while flock(descriptor, kind) != 0 {
            guard errno == EINTR else { return .failed(errno: errno) }
        }
        return .locked
    }
}

internal import Glibc
internal import SystemPackage

extension StoreError {
    /// Describes a system call that just failed on a path; call it before anything else can change `errno`.
    ///
    /// - Parameters:
    ///   - action: what was tried, as the words after "cannot": `read`, `write`, `create the directory`.
    ///   - path: the file or directory it was tried on.
    static func failed(to action: String, _ path: String, errno number: CInt = errno) -> StoreError {
        let reason = Errno(rawValue: number).description
        let sentence = "cannot \(action) \(path): \(reason)"
        switch number {
        case ENOENT, ENOTDIR:
            return StoreError(.missing, sentence)
        case EACCES, EPERM, EROFS:
            return StoreError(.denied, "\(sentence); check who may use it and whether it is mounted for writing")
        case ENOSPC, EDQUOT, EFBIG:
            return StoreError(.full, "\(sentence); make room and give the same command again")
        case ESTALE, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOTCONN, EAGAIN, EMFILE, ENFILE:
            return StoreError(.unavailable, "\(sentence); give the same command again when it can be reached")
        case ELOOP:
            return StoreError(.corrupt, "\(sentence); a store's objects are plain files, never symbolic links")
        default:
            return StoreError(.system, sentence)
        }
    }
}

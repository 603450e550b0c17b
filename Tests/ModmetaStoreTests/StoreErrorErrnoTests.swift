import Glibc
import ModmetaStore
import Testing

@Suite struct StoreErrorErrnoTests {
    @Test(arguments: [
        (ENOENT, StoreError.Code.missing, false), (EACCES, .denied, false), (EROFS, .denied, false),
        (ENOSPC, .full, false), (EDQUOT, .full, false), (ESTALE, .unavailable, true), (ETIMEDOUT, .unavailable, true),
        (ELOOP, .corrupt, false), (EIO, .system, false),
    ])
    func codeFollowsTheReason(_ number: CInt, code: StoreError.Code, isTransient: Bool) {
        let error = StoreError.failed(to: "write", "/mnt/models/x", errno: number)
        #expect(error.code == code)
        #expect(error.isTransient == isTransient)
        #expect(error.message.hasPrefix("cannot write /mnt/models/x: "))
    }
}

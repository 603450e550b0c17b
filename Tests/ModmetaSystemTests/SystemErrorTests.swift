import Glibc
import Testing

@testable import ModmetaSystem

@Suite struct SystemErrorTests {
    @Test(arguments: [
        (ENOENT, SystemError.Code.missing, ErrorKind.missing), (ENOTDIR, .missing, .missing),
        (EACCES, .denied, .environment), (EPERM, .denied, .environment), (EROFS, .denied, .environment),
        (ENOSPC, .full, .environment), (EDQUOT, .full, .environment), (ESTALE, .unavailable, .transient),
        (EMFILE, .unavailable, .transient), (ELOOP, .irregular, .input), (ENXIO, .irregular, .input),
        (EISDIR, .irregular, .input), (EIO, .other, .environment),
    ])
    func theNumberDecides(_ number: CInt, code: SystemError.Code, kind: ErrorKind) {
        let error = SystemError.failed(to: "write", "/mnt/models/x", errno: number)
        #expect(error.code == code)
        #expect(error.kind == kind)
        #expect(error.message.hasPrefix("cannot write /mnt/models/x: "))
        #expect("\(error)" == error.message)
    }

    @Test func whatIsNotOursIsOfTheEnvironment() {
        struct Foreign: Error {}
        #expect(ErrorKind(of: Foreign()) == .environment)
        #expect(ErrorKind(of: SystemError(.truncated, to: "read", "x", "it ends")) == .corrupt)
    }
}

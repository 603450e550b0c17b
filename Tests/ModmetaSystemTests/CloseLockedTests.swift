import Glibc
import ModmetaSystem
import ModmetaTesting
import Testing

@Suite("Closing a locked file")
struct CloseLockedTests {
    @Test("the lock is free at once, also while a child that is being started has the descriptor")
    func lockIsFreeAtOnce() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let childs = dup(descriptor)
        defer { close(childs) }
        closeLocked(descriptor)
        let next = open(path, O_RDWR | O_CLOEXEC)
        defer { close(next) }
        #expect(flock(next, LOCK_EX | LOCK_NB) == 0)
    }
}

internal import Glibc

extension StoreRepository {
    /// Points the store's HEAD at a branch, unless it points at a branch that exists.
    ///
    /// HEAD decides which branch a clone checks out. By git's protocol: `HEAD.lock`, then a rename.
    ///
    /// - Throws: `RemoteHelperError.Code.system`, also when somebody else holds the lock.
    func pointHead(at branch: String) async throws {
        let lock = "\(path)/HEAD.lock"
        let descriptor = try SystemCall.open(lock, O_WRONLY | O_CREAT | O_EXCL)
        do {
            defer { close(descriptor) }
            let refs = try await refs()
            guard case .branch(let current) = refs.head, refs[current] == nil else {
                unlink(lock)
                return
            }
            var status = stat()
            if stat("\(path)/HEAD", &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
            try SystemCall.write(descriptor, Array("ref: \(branch)\n".utf8))
            guard fsync(descriptor) == 0, rename(lock, "\(path)/HEAD") == 0 else {
                throw RemoteHelperError(.system, "cannot write \(path)/HEAD: \(SystemCall.reason())")
            }
        } catch {
            unlink(lock)
            throw error
        }
        try SystemCall.synchronize(directory: path)
    }
}

internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// The system calls of the remote helper, with their errors as sentences.
enum SystemCall {
    /// What the last failed call said.
    static func reason(_ code: CInt = errno) -> String { String(cString: strerror(code)) }

    /// The time in seconds since 1970.
    static func now() -> Int64 { Int64(time(nil)) }

    /// A variable of the environment, or nil.
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The name in a directory entry.
    static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }

    /// The names in a directory, or none if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) { names.append(name(of: entry)) }
        return names
    }

    /// Opens a regular file; closed in child processes.
    static func open(_ path: String, _ flags: CInt, mode: UInt32 = 0o666) throws -> CInt {
        let descriptor = RegularFile.open(path, flags, mode: mode)
        guard descriptor >= 0 else { throw RemoteHelperError(.system, "cannot open \(path): \(RegularFile.reason())") }
        return descriptor
    }

    /// A pipe whose ends are closed in child processes.
    static func pipe() throws -> (readEnd: CInt, writeEnd: CInt) {
        var ends: [CInt] = [-1, -1]
        guard Glibc.pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
        else { throw RemoteHelperError(.system, "cannot make a pipe: \(reason())") }
        return (ends[0], ends[1])
    }

    /// Writes all bytes.
    ///
    /// - Throws: `RemoteHelperError.Code.closed` if nobody reads any more.
    static func write(_ descriptor: CInt, _ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw RemoteHelperError(errno == EPIPE ? .closed : .system, "cannot write: \(reason())")
            }
        }
    }

    /// Writes a file that must not exist yet.
    static func writeFile(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = try open(path, O_WRONLY | O_CREAT | O_EXCL)
        defer { close(descriptor) }
        try write(descriptor, bytes)
    }

    /// A file open for reading until this object goes away.
    final class OwnedFile: Sendable {
        let descriptor: CInt

        init(_ path: String) throws { descriptor = try SystemCall.open(path, O_RDONLY) }

        deinit { close(descriptor) }
    }

    /// Makes names that were added to a directory survive a crash of the machine; a directory that is gone is passed over.
    static func synchronize(directory path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw RemoteHelperError(.system, "cannot open \(path): \(reason())")
        }
        defer { close(descriptor) }
        // Some file systems (of networks, mostly) have no such call for directories and need none.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw RemoteHelperError(.system, "cannot sync \(path): \(reason())")
        }
    }
}

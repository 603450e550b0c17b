internal import Glibc

/// Opens regular files, and nothing else that may lie in a file's place.
///
/// A pipe would hold the process up until somebody writes to it, a device may do anything. Every file of a store, a
/// repository or a cache is opened here.
package enum RegularFile {
    /// Opens a file as open(2) does; closed in child processes.
    ///
    /// - Parameters:
    ///   - flags: as for open(2). A file is cut off (`O_TRUNC`) only after it is known to be regular.
    ///   - directory: the descriptor of the directory that a relative path begins in.
    /// - Returns: -1 if that fails; `errno` is `ENXIO` if something else than a regular file is there.
    package static func open(
        _ path: String, _ flags: CInt, mode: UInt32 = 0o666, in directory: CInt = AT_FDCWD
    ) -> CInt {
        let safe = (flags & ~O_TRUNC) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = openat(directory, path, safe, mode_t(mode))
        return checked(descriptor, flags)
    }

    /// Opens a file that may be one of a repository's `.modmeta`: below that no link is followed, as a commit can put one
    /// there that leads anywhere.
    package static func openCommitted(_ path: String, _ flags: CInt) -> CInt {
        guard let place = CommittedPlace(path) else { return open(path, flags) }
        guard let top = try? HeldDirectory(opening: place.top) else { return -1 }
        return top.open(place.path, flags)
    }

    /// Gives back a descriptor that was just opened if it is that of a regular file; else closes it.
    static func checked(_ descriptor: CInt, _ flags: CInt) -> CInt {
        guard descriptor >= 0 else { return -1 }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        guard isRegular, flags & O_TRUNC == 0 || ftruncate(descriptor, 0) == 0 else {
            let reason = isRegular ? errno : ENXIO
            close(descriptor)
            errno = reason
            return -1
        }
        return descriptor
    }

    /// The first bytes of a file, at most `limit`; nil if it cannot be read, and `errno` says why.
    package static func firstBytes(of path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        let bytes = bytes(from: descriptor, limit: limit)
        let reason = errno
        close(descriptor)
        errno = reason
        return bytes
    }

    /// What an open file holds from here on, at most `limit` bytes; nil if it cannot be read, and `errno` says why.
    package static func bytes(from descriptor: CInt, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: min(limit, 1 << 16))
        while bytes.count < limit {
            let count = read(descriptor, &block, min(block.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += block[..<count]
        }
        return bytes
    }

    /// What to tell a person of a file that could not be opened.
    package static func reason(_ code: CInt = errno) -> String {
        switch code {
        case ENXIO, EISDIR: "it is not a regular file"
        case ELOOP: "it is a symbolic link"
        default: String(cString: strerror(code))
        }
    }
}

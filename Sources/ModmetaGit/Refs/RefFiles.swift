internal import Glibc
internal import ModmetaSystem

/// Reads the files of refs without git.
///
/// git leaves out, without a word, what it cannot read below `refs/`: a directory that belongs to somebody else, one
/// whose listing breaks off, a file that is empty. Here every such thing is an error.
struct RefFiles {
    /// The refs, by the bytes of their full names.
    private(set) var refs: [[UInt8]: RefValue] = [:]
    /// The Git directory as messages call it.
    private let place: String

    /// The most bytes of a ref's file: a name of the longest path there is, and a few more.
    private static let fileLimit = 8192
    /// Directories that lie deeper are a circle of links.
    private static let depthLimit = 64

    /// Reads all files below `refs/` in a Git directory.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` if anything there cannot be read, or is no ref.
    init(in directory: String, isRequired: Bool = true) throws {
        place = directory
        let descriptor = open("\(directory)/refs", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT, !isRequired { return }
            throw unreadable("refs", SystemCall.reason())
        }
        try walk(descriptor, Array("refs".utf8), depth: 0)
    }

    /// Reads a directory, which is closed at the end.
    private mutating func walk(_ descriptor: CInt, _ path: [UInt8], depth: Int) throws {
        guard let stream = fdopendir(descriptor) else {
            let reason = SystemCall.reason()
            close(descriptor)
            throw unreadable(path, reason)
        }
        defer { closedir(stream) }
        guard depth < Self.depthLimit else { throw unreadable(path, "its directories never end") }
        for name in try names(stream, path) {
            // Neither can be a ref; git writes new refs into files of the second kind.
            if name.first == UInt8(ascii: ".") || name.suffix(5).elementsEqual(".lock".utf8) { continue }
            try read(name, in: dirfd(stream), path + [UInt8(ascii: "/")] + name, depth)
        }
    }

    private func names(_ stream: OpaquePointer, _ path: [UInt8]) throws -> [[UInt8]] {
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    names.append((0..<strlen(text)).map { UInt8(bitPattern: text[$0]) })
                }
            }
        }
        guard errno == 0 else { throw unreadable(path, SystemCall.reason()) }
        return names
    }

    private mutating func read(_ name: [UInt8], in directory: CInt, _ path: [UInt8], _ depth: Int) throws {
        let text = name.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        guard fstatat(directory, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // Deleted since it was listed, or packed: packed refs are read after this.
            if errno == ENOENT { return }
            throw unreadable(path, SystemCall.reason())
        }
        if status.st_mode & S_IFMT == S_IFLNK {
            if let target = target(of: text, in: directory), target.starts(with: "refs/".utf8) {
                refs[path] = .symbolic(target)
                return
            }
            guard fstatat(directory, text, &status, 0) == 0 else {
                throw unreadable(path, "it is a link that leads nowhere (\(SystemCall.reason()))")
            }
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard isDirectory || status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is no file") }
        let descriptor = openat(directory, text, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (isDirectory ? O_DIRECTORY : 0))
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw unreadable(path, SystemCall.reason())
        }
        if isDirectory { return try walk(descriptor, path, depth: depth + 1) }
        defer { close(descriptor) }
        guard let bytes = RegularFile.bytes(from: descriptor, limit: Self.fileLimit) else {
            throw unreadable(path, SystemCall.reason())
        }
        guard let value = RefValue(parsing: bytes) else {
            throw unreadable(path, bytes.isEmpty ? "it is empty" : "it names no object")
        }
        refs[path] = value
    }

    private func target(of name: [CChar], in directory: CInt) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory, name, &buffer, buffer.count)
        return count > 0 ? buffer[..<count].map { UInt8(bitPattern: $0) } : nil
    }

    private func unreadable(_ path: [UInt8], _ reason: String) -> RemoteHelperError {
        unreadable(RefValue.shown(path), reason)
    }

    private func unreadable(_ path: String, _ reason: String) -> RemoteHelperError {
        RemoteHelperError(
            .badStore,
            "the ref \(path) in \(place) cannot be read (\(reason)), so not all that must stay is known; make it readable, "
                + "put it back from another repository, or delete it if nobody needs it")
    }
}

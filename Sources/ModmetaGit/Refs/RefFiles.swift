internal import Glibc
internal import ModmetaSystem

/// Reads the files of refs without git.
///
/// git skips, without a word, what it cannot read below `refs/`: a directory that belongs to somebody else, one whose
/// listing breaks off, a file that is empty. Here every such thing is a problem.
struct RefFiles {
    /// The refs, by the bytes of their full names.
    private(set) var refs: [[UInt8]: RefValue] = [:]
    /// The files that no ref could be read from: a line of `packed-refs` does not stand in for them.
    private var broken: Set<[UInt8]> = []

    /// The most bytes of a ref's file: a name of the longest path there is, and a few more.
    private static let fileLimit = 8192
    /// Directories that lie deeper are a circle of links.
    private static let depthLimit = 64

    /// Reads all refs of a Git directory, packed ones too.
    ///
    /// - Throws: what `handle` throws.
    static func all(in directory: String, _ handle: RefProblem.Handler) throws -> [[UInt8]: RefValue] {
        // In this order: what is packed meanwhile leaves its own file last.
        let files = try RefFiles(in: directory, handle)
        return try PackedRefs.read(in: directory, handle).filter { !files.broken.contains($0.key) }
            .merging(files.refs) { $1 }
    }

    /// Reads all files below `refs/` in a Git directory.
    ///
    /// - Parameters:
    ///   - isRequired: whether it is a problem if there is no such directory.
    ///   - handle: called with anything there that cannot be read, or is not a ref.
    /// - Throws: what `handle` throws.
    init(in directory: String, isRequired: Bool = true, _ handle: RefProblem.Handler) throws {
        let descriptor = open("\(directory)/refs", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno != ENOENT {
                try fail(Array("refs".utf8), SystemCall.reason(), handle)
            } else if isRequired {
                try handle(
                    RefProblem(
                        kind: .missing, place: Array("refs".utf8),
                        detail: "there is no such directory, so git does not take this for a repository"))
            }
            return
        }
        try walk(descriptor, Array("refs".utf8), depth: 0, handle)
    }

    /// Reads a directory, which is closed at the end.
    private mutating func walk(
        _ descriptor: CInt, _ path: [UInt8], depth: Int, _ handle: RefProblem.Handler
    ) throws {
        guard let stream = fdopendir(descriptor) else {
            let reason = SystemCall.reason()
            close(descriptor)
            return try fail(path, reason, handle)
        }
        defer { closedir(stream) }
        guard depth < Self.depthLimit else { return try fail(path, "its directories never end", handle) }
        for name in try names(stream, path, handle) {
            // Neither can be a ref; git writes new refs into files of the second kind.
            if name.first == UInt8(ascii: ".") || name.suffix(5).elementsEqual(".lock".utf8) { continue }
            try read(name, in: dirfd(stream), path + [UInt8(ascii: "/")] + name, depth, handle)
        }
    }

    private mutating func names(
        _ stream: OpaquePointer, _ path: [UInt8], _ handle: RefProblem.Handler
    ) throws -> [[UInt8]] {
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
        if errno != 0 { try fail(path, SystemCall.reason(), handle) }
        return names
    }

    private mutating func read(
        _ name: [UInt8], in directory: CInt, _ path: [UInt8], _ depth: Int, _ handle: RefProblem.Handler
    ) throws {
        let text = name.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        guard fstatat(directory, text, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // Deleted since it was listed, or packed: packed refs are read after this.
            if errno == ENOENT { return }
            return try fail(path, SystemCall.reason(), handle)
        }
        if status.st_mode & S_IFMT == S_IFLNK {
            if let target = target(of: text, in: directory), target.starts(with: "refs/".utf8) {
                refs[path] = .symbolic(target)
                return
            }
            guard fstatat(directory, text, &status, 0) == 0 else {
                return try fail(path, "it is a link that leads nowhere (\(SystemCall.reason()))", handle)
            }
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard isDirectory || status.st_mode & S_IFMT == S_IFREG else {
            return try fail(path, "it is neither a file nor a directory", handle)
        }
        let descriptor = openat(directory, text, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (isDirectory ? O_DIRECTORY : 0))
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            return try fail(path, SystemCall.reason(), handle)
        }
        if isDirectory { return try walk(descriptor, path, depth: depth + 1, handle) }
        defer { close(descriptor) }
        guard let bytes = RegularFile.bytes(from: descriptor, limit: Self.fileLimit) else {
            return try fail(path, SystemCall.reason(), handle)
        }
        guard let value = RefValue(parsing: bytes) else {
            let detail =
                bytes.isEmpty ? "it is empty" : "it is not the name of an object, but \(bytes.count) other bytes"
            return try fail(path, detail, kind: .damaged, handle)
        }
        refs[path] = value
    }

    private func target(of name: [CChar], in directory: CInt) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory, name, &buffer, buffer.count)
        return count > 0 ? buffer[..<count].map { UInt8(bitPattern: $0) } : nil
    }

    private mutating func fail(
        _ path: [UInt8], _ detail: String, kind: HistoryReport.Finding.Kind = .unreadable, _ handle: RefProblem.Handler
    ) throws {
        broken.insert(path)
        try handle(RefProblem(kind: kind, place: path, detail: detail))
    }
}

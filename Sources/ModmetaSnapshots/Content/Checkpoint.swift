internal import Glibc
internal import ModmetaFormats

/// The files of a checkpoint on disk: everything at and below the given paths.
public struct Checkpoint: Sendable {
    /// The directory the files' names are relative to, as an absolute path without symbolic links.
    public let root: String
    /// The files, by name.
    public let files: [ContentFile]
    /// The absolute paths of the directories at and below the paths that are Git repositories or work trees of their
    /// own.
    public let repositories: [String]

    /// Finds all files at and below some paths.
    ///
    /// The root is the deepest directory that contains all paths; for a single directory, the directory itself. `.git`
    /// and `.modmeta` are skipped.
    /// - Throws: `SnapshotError` with `file` if a path does not exist or no file is found.
    public init(paths: [String]) throws(SnapshotError) {
        var found: [String] = []
        var repositories: [String] = []
        var roots: [String] = []
        for path in paths {
            guard let resolved = realpath(path, nil) else {
                throw SnapshotError(.file, "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            defer { free(resolved) }
            let absolute = String(cString: resolved)
            let isDirectory = try Checkpoint.list(absolute, into: &found, &repositories, depth: 0)
            roots.append(
                isDirectory ? absolute : String(absolute[..<(absolute.lastIndex(of: "/") ?? absolute.startIndex)]))
        }
        let root = Checkpoint.commonDirectory(roots)
        let start = root == "/" ? 1 : root.utf8.count + 1
        files = Set(found.map { ByteString($0) }).sorted().map(\.text).map { path in
            let name = String(decoding: path.utf8.dropFirst(start), as: UTF8.self)
            return ContentFile(name: name, source: Checkpoint.source(of: path))
        }
        self.root = root
        self.repositories = repositories
        guard !files.isEmpty else { throw SnapshotError(.file, "\(paths.joined(separator: ", ")) contains no files") }
    }

    private static func source(of path: String) -> ContentFile.Source {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return .file(path) }
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = target.withUnsafeMutableBytes { buffer in
            buffer.bindMemory(to: CChar.self).baseAddress.map { readlink(path, $0, buffer.count) } ?? -1
        }
        return count < 0 ? .file(path) : .link(String(decoding: target[..<count], as: UTF8.self))
    }

    /// Adds the files at and below a path; returns true for a directory.
    private static func list(
        _ path: String, into files: inout [String], _ repositories: inout [String], depth: Int
    ) throws(SnapshotError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw SnapshotError(.file, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFLNK: files.append(path)
        case S_IFDIR:
            guard depth < 64 else { throw SnapshotError(.file, "the directories in \(path) are nested too deeply") }
            for name in try names(in: path) where name != ".modmeta" {
                guard name != ".git" else {
                    repositories.append(path)
                    continue
                }
                let child = path == "/" ? "/\(name)" : "\(path)/\(name)"
                _ = try list(child, into: &files, &repositories, depth: depth + 1)
            }
            return true
        default: throw SnapshotError(.file, "\(path) is neither a file nor a directory; remove it")
        }
        return false
    }

    private static func names(in path: String) throws(SnapshotError) -> [String] {
        guard let directory = opendir(path) else {
            throw SnapshotError(.file, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name else { throw SnapshotError(.file, "a name in \(path) is not UTF-8; rename it") }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func commonDirectory(_ paths: [String]) -> String {
        let parts = paths.map { $0.utf8.split(separator: UInt8(ascii: "/")).map { ByteString(Substring($0)) } }
        var common = parts.first ?? []
        for other in parts.dropFirst() {
            let count = zip(common, other).prefix { $0 == $1 }.count
            common = Array(common.prefix(count))
        }
        return "/" + common.map(\.text).joined(separator: "/")
    }
}

extension Checkpoint {
    /// Detects writes to the files of a checkpoint.
    public struct Stamp: Hashable, Sendable {
        fileprivate var files: [FileStamp?]
    }

    /// The current stamp; as long as it does not change, neither do the files.
    public var stamp: Stamp {
        Stamp(
            files: files.map { file in
                if case .file(let path) = file.source { FileStamp(path: path) } else { nil }
            })
    }
}

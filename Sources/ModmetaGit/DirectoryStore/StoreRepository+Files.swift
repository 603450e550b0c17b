internal import Glibc
internal import ModmetaSystem

extension StoreRepository {
    /// Refuses a store in which git would come upon something else than files and directories.
    ///
    /// Git opens whatever has a file's name: a pipe would hold it up for good, and a device has no end. Only directories are
    /// read here, and links followed as git follows them.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` with the path of the first such thing.
    static func checkFiles(of path: String) throws {
        var check = FileCheck()
        for name in ["HEAD", "config", "packed-refs", "shallow"] { try check.visit("\(path)/\(name)") }
        for name in ["info", "refs"] { try check.visit("\(path)/\(name)", depth: FileCheck.depthLimit) }
        var directories = ["\(path)/objects"]
        // As deep as git follows them; a directory that leads back was seen.
        for _ in 0...5 {
            for directory in directories { try check.visit(directory, depth: FileCheck.depthLimit) }
            directories = try directories.flatMap(alternates)
        }
    }

    /// The directories of objects that another borrows from.
    private static func alternates(of objects: String) throws -> [String] {
        let limit = 1 << 20
        let bytes = RegularFile.firstBytes(of: "\(objects)/info/alternates", limit: limit) ?? []
        guard bytes.count < limit else {
            throw RemoteHelperError(.badStore, "\(objects)/info/alternates is longer than any such file; remove it")
        }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let text = String(decoding: line, as: UTF8.self)
            guard !text.hasPrefix("#") else { return nil }
            let place = CQuotedString.unquoted(text) ?? text
            return place.hasPrefix("/") ? place : "\(objects)/\(place)"
        }
    }

    /// What was looked at.
    private struct FileCheck {
        /// Deeper than any ref's name, and few enough calls for the stack.
        static let depthLimit = 64
        /// Directories by device and inode, as a link may lead back.
        private var seen: Set<[UInt64]> = []

        /// Looks at what has a path, and at all below it.
        mutating func visit(_ path: String, depth: Int = 0) throws {
            var status = stat()
            // What git cannot open either is left to git's own words.
            guard stat(path, &status) == 0 else { return }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return
            case S_IFDIR:
                guard depth > 0, seen.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { return }
                try list(path, depth: depth)
            default:
                throw RemoteHelperError(
                    .badStore, "\(path) is neither a file nor a directory, and git would wait on it; remove it")
            }
        }

        private mutating func list(_ path: String, depth: Int) throws {
            guard let directory = opendir(path) else { return }
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                switch Int(entry.pointee.d_type) {
                case Int(DT_REG): continue
                default:
                    let name = SystemCall.name(of: entry)
                    if name != ".", name != ".." { try visit("\(path)/\(name)", depth: depth - 1) }
                }
            }
        }
    }
}

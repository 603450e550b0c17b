internal import Glibc
internal import Synchronization

/// A private directory for the life of this object.
final class ScratchDirectory: Sendable {
    /// The absolute path.
    let path: String
    private let fileCount = Atomic<Int>(0)

    private static let prefix = "git-remote-modmeta."

    /// Makes the directory below `TMPDIR`, or `/tmp`.
    ///
    /// - Throws: `RemoteHelperError.Code.system`.
    init() throws {
        let base = ScratchDirectory.base
        var template = Array("\(base)/\(ScratchDirectory.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RemoteHelperError(.system, "cannot make a temporary directory in \(base): \(SystemCall.reason())")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try SystemCall.writeFile("\(path)/owner", Array(ProcessIdentity.current().text.utf8))
    }

    /// Removes the directories that killed processes of ours have left behind.
    static func removeStale() { stale().forEach(remove) }

    /// The directories that killed processes of ours have left behind.
    static func stale() -> [String] {
        SystemCall.names(in: base).filter { $0.hasPrefix(prefix) }.map { "\(base)/\($0)" }.filter { path in
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
                let text = SystemCall.readFile("\(path)/owner", limit: 256)
            else { return false }
            return ProcessIdentity(parsing: String(decoding: text, as: UTF8.self))?.isRunning == false
        }
    }

    private static var base: String {
        let variable = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        return variable.hasPrefix("/") ? variable : "/tmp"
    }

    /// The path of a file that does not exist yet.
    func newFile() -> String { "\(path)/file-\(fileCount.add(1, ordering: .relaxed).newValue)" }

    /// Writes a new file and returns its path.
    func write(_ bytes: [UInt8]) throws -> String {
        let file = newFile()
        try SystemCall.writeFile(file, bytes)
        return file
    }

    deinit { ScratchDirectory.remove(path) }

    /// Removes a directory and all in it; symbolic links are removed, not followed.
    private static func remove(_ path: String) {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = SystemCall.name(of: entry)
            guard name != ".", name != ".." else { continue }
            if unlink("\(path)/\(name)") != 0, errno == EISDIR { remove("\(path)/\(name)") }
        }
        closedir(directory)
        rmdir(path)
    }
}

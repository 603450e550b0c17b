internal import Glibc
internal import Synchronization

/// A private directory for the life of this object.
final class ScratchDirectory: Sendable {
    /// The absolute path.
    let path: String
    private let fileCount = Atomic<Int>(0)

    /// What its name begins with; next comes its owner, so that there is no moment in which it has none.
    private static let prefix = "git-remote-modmeta."

    /// Makes the directory below `TMPDIR`, or `/tmp`.
    ///
    /// - Throws: `RemoteHelperError.Code.system`.
    init() throws {
        let base = ScratchDirectory.base
        let name = ScratchDirectory.prefix + ProcessIdentity.current().startOfName
        var template = Array("\(base)/\(name)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RemoteHelperError(.system, "cannot make a temporary directory in \(base): \(SystemCall.reason())")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes the directories that killed processes of ours have left behind.
    static func removeStale() { stale().forEach(remove) }

    /// The directories that killed processes of ours have left behind.
    static func stale(in base: String = base) -> [String] {
        SystemCall.names(in: base).filter(isStale).map { "\(base)/\($0)" }.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
        }
    }

    private static func isStale(_ name: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        return ProcessIdentity(startOfName: name.dropFirst(prefix.count))?.isRunning == false
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

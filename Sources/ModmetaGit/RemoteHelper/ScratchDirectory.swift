internal import Glibc
internal import Synchronization

/// A private directory for the life of this object.
final class ScratchDirectory: Sendable {
    /// The absolute path.
    let path: String
    private let fileCount = Atomic<Int>(0)

    /// Makes the directory below `TMPDIR`, or `/tmp`.
    ///
    /// - Throws: `RemoteHelperError.Code.system`.
    init() throws {
        let variable = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let base = variable.hasPrefix("/") ? variable : "/tmp"
        var template = Array("\(base)/git-remote-modmeta.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RemoteHelperError(.system, "cannot make a temporary directory in \(base): \(SystemCall.reason())")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
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

internal import Glibc
internal import Synchronization

/// A private directory for the life of this object: it was made by this process, and nobody else can exchange it.
public final class ScratchDirectory: Sendable {
    /// The absolute path.
    public let path: String
    private let fileCount = Atomic<Int>(0)

    /// What its name begins with; next comes its owner, so that there is no moment in which it has none.
    private static let prefix = "git-remote-modmeta."

    /// Makes the directory below `TMPDIR`, or `/tmp`; where others could exchange it, in the user's cache.
    ///
    /// - Throws: `SystemError` if there is no safe place.
    public init() throws(SystemError) {
        let name = ScratchDirectory.prefix + ProcessIdentity.current().startOfName
        let base = try ScratchDirectory.safeBase()
        var template = Array("\(base)/\(name)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .failed(to: "make a temporary directory in", base)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func safeBase() throws(SystemError) -> String {
        if DirectoryTrust.isSafe(base) { return base }
        if let cache = UserCache.directory("tmp") { return cache.name }
        var status = stat()
        guard lstat(base, &status) == 0 else {
            throw .failed(to: "make a temporary directory in", base)
        }
        throw SystemError(
            .denied, to: "make a temporary directory in", base, "other users could exchange what lies there",
            advice: "set TMPDIR to a directory that only you can write to")
    }

    /// Removes the directories that killed processes of ours have left behind.
    package static func removeStale() {
        for path in stale() { DirectoryPath(path).removeTree() }
    }

    /// The directories that killed processes of ours have left behind.
    package static func stale() -> [String] {
        stale(in: base) + (UserCache.directory("tmp").map { stale(in: $0.name) } ?? [])
    }

    package static func stale(in base: String) -> [String] {
        // Where others can exchange directories, what has our name may lead anywhere.
        guard DirectoryTrust.isSafe(base) else { return [] }
        return ((try? DirectoryPath(base).names()) ?? []).filter(isStale).map { "\(base)/\($0)" }.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
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
    package func newFile() -> String { "\(path)/file-\(fileCount.add(1, ordering: .relaxed).newValue)" }

    /// Writes a new file and returns its path.
    package func write(_ bytes: [UInt8]) throws(SystemError) -> String {
        let file = newFile()
        try File(creating: file).append(bytes)
        return file
    }

    deinit { DirectoryPath(path).removeTree() }
}

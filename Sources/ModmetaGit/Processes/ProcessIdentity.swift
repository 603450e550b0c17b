internal import Glibc

/// Names one run of a process, so that what it left behind can be told from what a living one needs.
struct ProcessIdentity: Equatable, Sendable {
    /// Names the running system and its view of process ids; equal only where `process` means the same.
    var place: String
    /// The process id.
    var process: Int
    /// When the process started, in clock ticks since the system did.
    var start: Int

    /// This process.
    static func current() -> ProcessIdentity {
        let process = Int(getpid())
        return ProcessIdentity(place: currentPlace(), process: process, start: ProcessStatus(of: process)?.start ?? 0)
    }

    /// Whether the process is still running; nil if that cannot be told from here.
    var isRunning: Bool? {
        guard place == ProcessIdentity.currentPlace() else { return nil }
        guard let status = ProcessStatus(of: process) else { return false }
        return status.start == start && !status.isOver
    }

    /// Containers share a boot id, and process ids repeat across their namespaces, so both are part of the place.
    private static func currentPlace() -> String {
        var status = stat()
        let namespace = stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0
        return "\(ProcessStatus.boot):\(namespace)"
    }
}

extension ProcessIdentity {
    /// Parses `text`, or returns nil if it names no process.
    init?(parsing text: some StringProtocol) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 3, let process = Int(words[1]), process > 0, let start = Int(words[2]) else { return nil }
        self.init(place: String(words[0]), process: process, start: start)
    }

    /// The identity as three words.
    var text: String { "\(place) \(process) \(start)" }

    /// Parses a name that begins with `startOfName`, or returns nil if it names no process.
    init?(startOfName name: some StringProtocol) {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count > 4 else { return nil }
        self.init(parsing: "\(words[0]):\(words[1]) \(words[2]) \(words[3])")
    }

    /// The identity as the beginning of a file's name, with neither blanks nor the colons that lists of paths are cut at.
    var startOfName: String {
        "\(text) ".map { $0 == " " || $0 == ":" ? "." : String($0) }.joined()
    }
}

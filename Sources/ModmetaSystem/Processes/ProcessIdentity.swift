internal import Glibc

/// Names one run of a process, so that what it left behind can be told from what a living one needs.
package struct ProcessIdentity: Equatable, Sendable {
    /// Names the running system and its view of process ids; equal only where `process` means the same.
    package var place: String
    /// The process id.
    package var process: Int
    /// When the process started, in clock ticks since the system did.
    package var start: Int

    /// This process.
    package static func current() -> ProcessIdentity {
        let process = Int(getpid())
        return ProcessIdentity(place: currentPlace(), process: process, start: ProcessStatus(of: process)?.start ?? 0)
    }

    /// Whether the process is still running; nil if that cannot be told from here.
    package var isRunning: Bool? {
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
    package init?(parsing text: some StringProtocol) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 3, let process = Int(words[1]), process > 0, let start = Int(words[2]) else { return nil }
        self.init(place: String(words[0]), process: process, start: start)
    }

    /// The identity as three words.
    package var text: String { "\(place) \(process) \(start)" }

    /// Parses a name that begins with `startOfName`, or returns nil if it names no process.
    package init?(startOfName name: some StringProtocol) {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count > 4 else { return nil }
        self.init(parsing: "\(words[0]):\(words[1]) \(words[2]) \(words[3])")
    }

    /// The identity as the beginning of a file's name, with neither blanks nor the colons that lists of paths are cut at.
    package var startOfName: String {
        "\(text) ".map { $0 == " " || $0 == ":" ? "." : String($0) }.joined()
    }
}

internal import Glibc

/// Names one run of a process, so that what it left behind can be told from what a living one needs.
struct ProcessIdentity: Equatable, Sendable {
    /// Names the running system and its view of process ids; equal only where `process` means the same.
    var place: String
    /// The process id.
    var process: Int
    /// When the process started, in clock ticks since the system did.
    var start: String

    /// This process.
    static func current() -> ProcessIdentity {
        let process = Int(getpid())
        return ProcessIdentity(place: currentPlace(), process: process, start: startTime(of: process) ?? "0")
    }

    /// Whether the process is still running; nil if that cannot be told from here.
    var isRunning: Bool? {
        guard place == ProcessIdentity.currentPlace() else { return nil }
        return ProcessIdentity.startTime(of: process) == start
    }

    /// Containers share a boot id, and process ids repeat across their namespaces, so both are part of the place.
    private static func currentPlace() -> String {
        let boot = SystemCall.readFile("/proc/sys/kernel/random/boot_id", limit: 64) ?? []
        var status = stat()
        let namespace = stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0
        let name = String(decoding: boot.filter { $0 > 0x20 }, as: UTF8.self)
        return "\(name.isEmpty ? "unknown" : name):\(namespace)"
    }

    /// Field 22 of /proc/<pid>/stat, or nil if there is no such process; the name in field 2 may hold blanks.
    private static func startTime(of process: Int) -> String? {
        guard let bytes = SystemCall.readFile("/proc/\(process)/stat", limit: 4096),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }
}

extension ProcessIdentity {
    /// Parses `text`, or returns nil if it names no process.
    init?(parsing text: some StringProtocol) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 3, let process = Int(words[1]), process > 0 else { return nil }
        self.init(place: String(words[0]), process: process, start: String(words[2]))
    }

    /// The identity as three words.
    var text: String { "\(place) \(process) \(start)" }
}

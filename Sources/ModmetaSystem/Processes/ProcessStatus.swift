/// What the system says of a process.
package struct ProcessStatus: Sendable {
    /// When the process started, in clock ticks since the system did.
    package var start: Int
    /// Whether the process has ended and only waits to be asked how, which where nobody asks is for ever.
    package var isOver: Bool

    /// Names the running system; another one after each start of the machine.
    package static var boot: String {
        let bytes = RegularFile.firstBytes(of: "/proc/sys/kernel/random/boot_id", limit: 64) ?? []
        let name = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        return name.isEmpty ? "unknown" : name
    }

    /// Asks of a process; nil if there is none.
    ///
    /// Fields 3 and 22 of proc_pid_stat(5); the name in field 2 may hold blanks.
    package init?(of process: Int) {
        guard let bytes = RegularFile.firstBytes(of: "/proc/\(process)/stat", limit: 4096),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let start = Int(fields[19]) else { return nil }
        self.start = start
        isOver = fields[0] == "Z" || fields[0] == "X"
    }
}

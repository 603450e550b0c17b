internal import Glibc

/// The text in a pack's `.keep` file that says which push protects it, so that a dead one's can be cleared away.
///
/// While the file is there, a concurrent `git gc` leaves the pack alone, though no ref leads to it yet.
struct KeepMark: Equatable, Sendable {
    /// Names the running system and its view of process ids; equal only where `process` means the same.
    var place: String
    /// The process id.
    var process: Int
    /// When the process started, in clock ticks since the system did.
    var start: String

    private static let introduction = "modmeta-push"

    /// The mark of this process.
    static func ours() -> KeepMark {
        KeepMark(place: currentPlace(), process: Int(getpid()), start: startTime(of: Int(getpid())) ?? "0")
    }

    init(place: String, process: Int, start: String) {
        self.place = place
        self.process = process
        self.start = start
    }

    /// Parses the content of a `.keep` file, or returns nil if it is not ours.
    init?(parsing text: String) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 4, words[0] == KeepMark.introduction, let process = Int(words[2]), process > 0 else {
            return nil
        }
        self.init(place: String(words[1]), process: process, start: String(words[3]))
    }

    /// The text for the file.
    var text: String { "\(KeepMark.introduction) \(place) \(process) \(start)" }

    /// Whether the push that left this mark is over, as far as can be told.
    ///
    /// - Parameter age: seconds since the file was written.
    func isStale(age: Int) -> Bool {
        guard place == KeepMark.currentPlace() else { return age > 86_400 }
        return KeepMark.startTime(of: process) != start
    }

    /// Removes the `.keep` files of dead pushes from a directory of packs.
    static func removeStale(in directory: String) {
        for name in SystemCall.names(in: directory) where name.hasSuffix(".keep") {
            let path = "\(directory)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                let bytes = SystemCall.readFile(path, limit: 256),
                let mark = KeepMark(parsing: String(decoding: bytes, as: UTF8.self)),
                mark.isStale(age: time(nil) - status.st_mtim.tv_sec)
            else { continue }
            unlink(path)
        }
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

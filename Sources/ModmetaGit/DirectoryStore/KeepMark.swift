internal import Glibc
internal import ModmetaSystem

/// The text in a pack's `.keep` file that says which push protects it, so that a dead one's can be cleared away.
///
/// While the file is there, a concurrent `git gc` leaves the pack alone, though no ref leads to it yet.
struct KeepMark: Equatable, Sendable {
    /// The process that pushes.
    var owner: ProcessIdentity

    private static let introduction = "modmeta-push "

    init(owner: ProcessIdentity) { self.owner = owner }

    /// Parses the content of a `.keep` file, or returns nil if it is not ours.
    init?(parsing text: String) {
        guard text.hasPrefix(KeepMark.introduction),
            let owner = ProcessIdentity(parsing: text.dropFirst(KeepMark.introduction.count))
        else { return nil }
        self.init(owner: owner)
    }

    /// The text for the file.
    var text: String { KeepMark.introduction + owner.text }

    /// Whether the push that left this mark is over, as far as can be told.
    ///
    /// - Parameter age: seconds since the file was written.
    func isStale(age: Int) -> Bool { owner.isRunning.map { !$0 } ?? (age > 86_400) }

    /// Removes the `.keep` files of dead pushes from a directory of packs.
    static func removeStale(in directory: String) {
        for path in stale(in: directory) { unlink(path) }
    }

    /// The `.keep` files of dead pushes in a directory of packs.
    static func stale(in directory: String) -> [String] {
        SystemCall.names(in: directory).filter { $0.hasSuffix(".keep") }.map { "\(directory)/\($0)" }.filter { path in
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                let bytes = RegularFile.firstBytes(of: path, limit: 256),
                let mark = KeepMark(parsing: String(decoding: bytes, as: UTF8.self))
            else { return false }
            return mark.isStale(age: time(nil) - status.st_mtim.tv_sec)
        }
    }
}

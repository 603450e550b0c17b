internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// What the user's cache says of a fetch that is under way: which directory in the target is its own.
///
/// The directory's name is random, and known from here alone: nothing that lies in the target tells what is ours. It must be
/// the very directory that was made, and this user's. One process at a time has the record of a target and a source.
final class FetchRecord: Sendable {
    private static let title = "modmeta fetch 1"
    /// After how many seconds nobody comes back for a fetch.
    private static let age = 14 * 86_400

    private let cache: HeldDirectory
    private let key: String
    private let descriptor: CInt

    /// Opens the record of a target and a source.
    ///
    /// - Returns: nil if the user has no cache, or another process has the record.
    init?(of target: HeldDirectory, from source: String) {
        guard let cache = UserCache.directory("fetch"), let identity = try? target.status().identity else { return nil }
        FetchRecord.sweep(cache)
        key = SHA256.hash(Array("\(target.name)\0\(identity)\0\(geteuid())\0\(source)".utf8)).hex
        descriptor = cache.open(key, O_RDWR | O_CREAT, mode: 0o600)
        self.cache = cache
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    deinit { if descriptor >= 0 { closeLocked(descriptor) } }

    /// The directory that an interrupted fetch left in the target; nil without one.
    func directory(in target: HeldDirectory) -> HeldDirectory? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0] == FetchRecord.title, lines[3].isEmpty,
            let found = try? target.directory(String(lines[1])), UserCache.isPrivate(found),
            let status = try? found.status(), FetchRecord.text(status.identity) == lines[2]
        else { return nil }
        // The age of the record counts from now on.
        futimens(descriptor, nil)
        return found
    }

    /// Notes which directory is the fetch's own.
    ///
    /// - Returns: whether that was written; without it, nobody will know the directory.
    func note(_ name: String, _ directory: HeldDirectory) -> Bool {
        guard let identity = try? directory.status().identity else { return false }
        let text = "\(FetchRecord.title)\n\(name)\n\(FetchRecord.text(identity))\n"
        return ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count
    }

    private static func text(_ identity: [UInt64]) -> String { identity.map { "\($0)" }.joined(separator: " ") }

    /// Removes the record: the fetch is done.
    func remove() { cache.remove(key) }

    /// Removes the records of fetches that nobody came back for.
    private static func sweep(_ cache: HeldDirectory) {
        for name in (try? cache.names()) ?? [] {
            guard let status = try? cache.status(of: name), status.modified < Int64(time(nil)) - Int64(age),
                case let file = cache.open(name, O_RDWR), file >= 0
            else { continue }
            if flock(file, LOCK_EX | LOCK_NB) == 0 { cache.remove(name) }
            closeLocked(file)
        }
    }
}

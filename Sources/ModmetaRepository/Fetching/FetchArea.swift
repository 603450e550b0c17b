internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaStore
internal import ModmetaSystem

/// The directory a snapshot is fetched into, and a private one in it for what is under way.
///
/// Nothing that lies in the directory is taken for ours: what an interrupted fetch left is known from the user's cache
/// (`FetchRecord`). Files come to their places without a link being followed.
final class FetchArea: Sendable {
    /// The directory.
    let directory: HeldDirectory
    /// Where what is under way is kept, on the same file system.
    private let work: HeldDirectory
    private let workName: String
    private let record: FetchRecord?

    /// Uses a directory, which is made where it is missing.
    ///
    /// - Parameter source: where the files come from; what is left of another fetch from there is gone on with.
    init(directory path: String, source: String) throws {
        directory = try FetchTarget.open(path)
        let record = FetchRecord(of: directory, from: source)
        if let record, let found = record.directory(in: directory) {
            self.record = record
            work = found
            workName = String(found.name.dropFirst(directory.name == "/" ? 1 : directory.name.utf8.count + 1))
            return
        }
        workName = ".modmeta-fetch-\(FetchArea.random())"
        guard mkdirat(directory.descriptor, workName, 0o700) == 0 else {
            throw RepositoryError(
                kind: .environment, message: "cannot write to \(path): \(String(cString: strerror(errno)))")
        }
        work = try directory.directory(workName)
        self.record = record.flatMap { [work, workName] in $0.note(workName, work) ? $0 : nil }
    }

    /// What nobody knows of again, or has nothing in it, is not left behind.
    deinit {
        if record == nil { directory.remove(workName) }
        for name in (try? work.names()) ?? [] { unlinkat(work.descriptor, name, AT_REMOVEDIR) }
        if unlinkat(directory.descriptor, workName, AT_REMOVEDIR) == 0 { record?.remove() }
    }

    private static func random() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Where downloads under way are.
    var partialDirectory: String { "\(work.path)/partial" }

    /// Where copies of objects are that are wanted in parts.
    var objectDirectory: String { "\(work.path)/objects" }

    /// Opens the directory that a file lies in, and makes it where it is missing.
    ///
    /// - Parameter isMade: whether missing directories are made.
    private func place(of name: String, isMade: Bool = true) throws -> (directory: HeldDirectory, name: String) {
        let parts = try FetchArea.parts(of: name)
        guard let last = parts.last, parts.count > 1 else { return (directory, name) }
        return (try directory.directory(parts.dropLast().joined(separator: "/"), making: isMade ? 0o777 : nil), last)
    }

    /// The parts of a file's name, none of which leads out of a directory or is git's own.
    static func parts(of name: String) throws -> [String] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.isEmpty, !parts.contains(where: { ReservedName.isReserved($0) }) else {
            throw RepositoryError(
                kind: .input,
                message:
                    "the snapshot has a file \(name), which would lie outside of the directory or be git's own"
            )
        }
        return parts
    }

    /// Whether a file is there already with the bytes it should have.
    ///
    /// - Parameter progress: receives how many of its bytes were compared.
    /// - Throws: `RepositoryError` where something else is there.
    func isThere(
        _ name: String, size: UInt64, digest: Digest, progress: @escaping @Sendable (UInt64) -> Void
    ) throws -> Bool {
        let place = try place(of: name)
        guard let status = try place.directory.status(of: place.name) else { return false }
        if status.kind == .regular, status.size == size,
            try FileDigest.sha256(
                ofFileAt: "\(place.directory.path)/\(place.name)", progress: { done, _ in progress(done) })
                == digest
        {
            return true
        }
        throw RepositoryError(
            kind: .input, message: "\(path(of: name)) is there already, and it is another file",
            hints: ["Move it away, or choose another directory."])
    }

    /// The path of a file for people.
    func path(of name: String) -> String { "\(directory.name)/\(name)" }

    /// Moves a complete file to its place, which no other file may have.
    func move(_ file: String, to name: String) throws {
        let place = try place(of: name)
        switch try place.directory.take(file, as: place.name) {
        case .named: return
        case .taken:
            throw RepositoryError(
                kind: .input, message: "\(path(of: name)) is there already",
                hints: ["Move it away, or choose another directory."])
        case .noDirectory:
            throw RepositoryError(
                kind: .environment, message: "\(place.directory.name) was removed while it was fetched into")
        }
    }

    /// Writes a file beside its place and moves it there when it is complete.
    ///
    /// - Parameter write: writes the file at a path; returns whether it is what it should be.
    /// - Returns: what `write` did; a file that is not what it should be is removed.
    @discardableResult
    func place(_ name: String, write: (String) async throws -> Bool) async throws -> Bool {
        let target = try place(of: name)
        guard try target.directory.status(of: target.name) == nil else {
            throw RepositoryError(
                kind: .input, message: "\(path(of: name)) is there already",
                hints: ["Move it away, or choose another directory."])
        }
        let file = String(SHA256.hash(Array(name.utf8)).hex.prefix(16))
        guard try await write("\(work.path)/\(file)") else {
            work.remove(file)
            return false
        }
        try move("\(work.path)/\(file)", to: name)
        return true
    }

    /// Takes away a file that was put into its place.
    func discard(_ name: String) {
        guard let place = try? place(of: name, isMade: false) else { return }
        unlinkat(place.directory.descriptor, place.name, 0)
    }

    /// Removes what was kept for going on.
    func remove() {
        work.removeContent()
        if unlinkat(directory.descriptor, workName, AT_REMOVEDIR) == 0 { record?.remove() }
    }
}

internal import Glibc
internal import ModmetaFormats
internal import ModmetaSnapshots

/// The directory a snapshot is fetched into, and the place in it for what is under way.
struct FetchArea {
    /// The directory, as an absolute path.
    let directory: String
    /// Whether nothing was under way before.
    let isNew: Bool
    /// Where what is under way is kept, on the same file system.
    var work: String { "\(directory)/.modmeta-fetch" }

    /// Uses a directory, which is made where it is missing.
    init(directory: String) throws {
        for index in directory.indices.dropFirst() where directory[index] == "/" {
            mkdir(String(directory[..<index]), 0o777)
        }
        mkdir(directory, 0o777)
        self.directory = try RepositoryPath.resolved(directory)
        let work = "\(self.directory)/.modmeta-fetch"
        isNew = mkdir(work, 0o700) == 0
        guard isNew || errno == EEXIST, !RepositoryPath.isLink(work) else {
            throw CommandFailure(
                kind: .environment, message: "cannot write to \(directory): \(String(cString: strerror(errno)))")
        }
    }

    /// Makes the directories above a file and returns its place, which nothing outside the directory can be.
    func path(of name: String) throws -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last,
            parts.allSatisfy({ !["", ".", "..", ".git", ".modmeta-fetch"].contains($0.lowercased()) }),
            !name.utf8.contains(0)
        else {
            throw CommandFailure(
                kind: .input,
                message: "the snapshot has a file \(escaped(name)), which would lie outside of \(directory)")
        }
        var path = directory
        for part in parts.dropLast() {
            path += "/\(part)"
            mkdir(path, 0o777)
            guard !RepositoryPath.isLink(path) else {
                throw CommandFailure(
                    kind: .input, message: "\(path) is a symbolic link, and may lead out of \(directory); take it away")
            }
        }
        return "\(path)/\(last)"
    }

    /// Whether a file is there already with the bytes it should have.
    ///
    /// - Parameter progress: receives how many of its bytes were compared.
    /// - Throws: `CommandFailure` where something else is there.
    func isThere(
        _ name: String, size: UInt64, digest: Digest, progress: @escaping @Sendable (UInt64) -> Void
    ) throws -> Bool {
        let path = try path(of: name)
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        if status.st_mode & S_IFMT == S_IFREG, UInt64(status.st_size) == size,
            try FileDigest.sha256(ofFileAt: path, progress: { done, _ in progress(done) }) == digest
        {
            return true
        }
        throw CommandFailure(
            kind: .input, message: "\(path) is there already, and it is another file",
            hints: ["Move it away, or choose another directory."])
    }

    /// Moves a complete file to its place.
    func move(_ file: String, to name: String) throws {
        let path = try path(of: name)
        // A link never takes the place of another file; where there are no links, a rename must do.
        if link(file, path) == 0 {
            unlink(file)
        } else if errno == EEXIST || rename(file, path) != 0 {
            throw CommandFailure(
                kind: .environment, message: "cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Writes a file beside its place and moves it there when it is complete.
    ///
    /// - Parameter write: writes the file at a path; returns whether it is what it should be.
    /// - Returns: what `write` did; a file that is not what it should be is removed.
    @discardableResult
    func place(_ name: String, write: (String) async throws -> Bool) async throws -> Bool {
        let target = try path(of: name)
        guard !WorkFile.exists(target) else {
            throw CommandFailure(
                kind: .input, message: "\(target) is there already",
                hints: ["Move it away, or choose another directory."])
        }
        let file = "\(work)/\(SHA256.hash(Array(name.utf8)).hex.prefix(16))"
        guard try await write(file) else {
            unlink(file)
            return false
        }
        try move(file, to: name)
        return true
    }

    /// Removes what was kept for going on.
    func remove() { FetchArea.removeTree(work) }

    private static func removeTree(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in WorkFile.names(in: path) { removeTree("\(path)/\(name)") }
        rmdir(path)
    }
}

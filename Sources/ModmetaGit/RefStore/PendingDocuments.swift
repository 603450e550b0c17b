internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// Documents that were written and not yet acknowledged by the server, as files that all agents of a repository see.
///
/// Whoever pushes next pushes them all. One file has the name of the document's path in the store, with `+` for `/`.
struct PendingDocuments: Sendable {
    /// One document.
    struct Document: Sendable {
        /// The path in the store.
        var path: String
        /// Its bytes.
        var bytes: [UInt8]
    }

    /// The most bytes of one document.
    static let byteLimit = 256 << 20
    /// What a process left behind that died so long ago is not pushed any more, in seconds.
    private static let age: Int64 = 24 * 3600

    /// The directory the files are in.
    let directory: String

    /// Writes a document unless there is one of that path already.
    ///
    /// - Returns: whether it was written.
    func add(_ path: String, _ bytes: [UInt8]) throws -> Bool {
        try StoreError.fromSystem {
            let temporary = try AtomicFile(in: directory, mode: 0o600)
            try temporary.file.append(bytes)
            switch try temporary.name(file(of: path)) {
            case .named: return true
            case .taken: return false
            case .noDirectory: throw StoreError(.missing, "\(directory) was removed during the push; push again")
            }
        }
    }

    /// Reads a document; nil if there is none of that path.
    func read(_ path: String) -> [UInt8]? {
        guard let file = try? UploadedFile(file(of: path)), file.size <= UInt64(PendingDocuments.byteLimit) else {
            return nil
        }
        return try? file.readAll()
    }

    /// Removes a document; one that is absent is no error.
    func remove(_ path: String) { _ = unlink(file(of: path)) }

    /// All documents there are.
    func all() throws -> [Document] {
        try paths().compactMap { path in read(path).map { Document(path: path, bytes: $0) } }
    }

    /// The paths of all documents, in order; removes what is too old.
    func paths() throws -> [String] {
        let oldest = Int64(time(nil)) - PendingDocuments.age
        let names = try StoreError.fromSystem { try DirectoryPath(directory).names() }
        return try (names ?? []).sorted().compactMap { name in
            let path = "\(directory)/\(name)"
            guard let status = try StoreError.fromSystem({ try FileStatus(of: path) }), status.kind == .regular else {
                return nil
            }
            guard status.modified >= oldest else {
                _ = unlink(path)
                return nil
            }
            // Other names are files that are being written.
            return !name.contains("+") ? nil : String(name.map { $0 == "+" ? "/" : $0 })
        }
    }

    private func file(of path: String) -> String { "\(directory)/" + String(path.map { $0 == "/" ? "+" : $0 }) }
}

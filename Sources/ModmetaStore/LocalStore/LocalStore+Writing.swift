internal import Glibc
internal import ModmetaFormats
internal import ModmetaSystem

extension LocalStore {
    /// Stores an object unless the key is taken.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        switch content {
        case .bytes(let bytes):
            return try StoreError.fromSystem {
                try put(key, size: UInt64(bytes.count), hash: { SHA256.hash(bytes) }, write: { try $0.append(bytes) })
            }
        case .file(let path):
            let source = try UploadedFile(path)
            return try StoreError.fromSystem {
                try put(key, size: source.size, hash: { try source.hash() }, write: { try source.append(to: $0) })
            }
        }
    }

    private func put(
        _ key: ObjectKey, size: UInt64, hash: () throws -> Digest, write: (File) throws -> Void
    ) throws -> PutOutcome {
        let target = try filePath(key)
        if try existing(key, offered: size, hash: hash) == .kept {
            try LocalStore.parent(of: target).sync()
            return .existed
        }
        // Before the bytes, so that flushing them flushes these names too where a file system keeps one journal.
        let parents = try makeDirectory(LocalStore.parent(of: target))
        let temporary = try newTemporary(exactMode: permissions.immutable, mode: 0o444)
        try write(temporary.file)
        try temporary.file.sync()
        let outcome = try publish(temporary, as: key, size: size, hash: hash)
        for parent in parents { try parent.sync() }
        return outcome
    }

    /// Gives a written file its key, whatever other writers do meanwhile.
    private func publish(
        _ temporary: AtomicFile, as key: ObjectKey, size: UInt64, hash: () throws -> Digest
    ) throws -> PutOutcome {
        let target = try filePath(key)
        // Each further round needs another process to have put or deleted the same object in between.
        for _ in 0..<32 {
            switch try temporary.name(target) {
            case .named:
                try LocalStore.parent(of: target).sync()
                return .created
            case .noDirectory:
                for parent in try makeDirectory(LocalStore.parent(of: target)) { try parent.sync() }
            case .taken:
                switch try existing(key, offered: size, hash: hash) {
                case nil:
                    continue
                case .kept:
                    try LocalStore.parent(of: target).sync()
                    return .existed
                case .torn:
                    try temporary.replace(target)
                    try LocalStore.parent(of: target).sync()
                    return .created
                }
            }
        }
        throw StoreError(.unavailable, "\(target) keeps appearing and disappearing; give the same command again")
    }

    /// Judges what has the key already; nil where nothing has.
    private func existing(_ key: ObjectKey, offered: UInt64, hash: () throws -> Digest) throws -> ExistingObject? {
        let target = try filePath(key)
        guard let status = try FileStatus(of: target) else { return nil }
        guard status.kind == .regular else { throw StoreError(.corrupt, "\(target) is not a regular file") }
        if status.size == offered { return .kept }
        do {
            // Size and bytes of one file: another writer may put a healed one in its place between two looks.
            let file = try File(reading: target, followsLinks: false)
            return try ExistingObject(
                key: key, size: file.size, offered: offered, existingHash: { try SHA256.hash(file) },
                offeredHash: hash)
        } catch let error as SystemError where error.code == .missing {
            return nil
        }
    }

    /// Creates a file that has no name among the objects yet.
    func newTemporary(exactMode: UInt32?, mode: UInt32) throws -> AtomicFile {
        let directory = try temporaryDirectory
        do { return try AtomicFile(in: directory, mode: mode, exactMode: exactMode) } catch {
            guard error.code == .missing else { throw error }
        }
        // Tools that copy a store may leave out empty directories.
        for parent in try makeDirectory(DirectoryPath(directory)) { try parent.sync() }
        return try AtomicFile(in: directory, mode: mode, exactMode: exactMode)
    }

    /// Makes a directory below the root, and those above it, where they are absent.
    ///
    /// One that another writer has just made counts as there: that writer flushes its name.
    ///
    /// - Returns: the directories that hold new names, which the caller must flush.
    /// - Throws: `.noStore` if the root is absent; a store that is gone is not made again.
    func makeDirectory(_ directory: DirectoryPath) throws -> [DirectoryPath] {
        if try FileStatus(of: directory.path + "/.") != nil { return [] }
        guard directory.path != path else {
            throw StoreError(.noStore, "the store at \(path) is gone; check that its disk is mounted")
        }
        let parent = LocalStore.parent(of: directory.path)
        let unflushed = try makeDirectory(parent)
        guard try directory.make() else { return unflushed }
        if let mode = permissions.directory { try directory.setMode(mode) }
        return unflushed + [parent]
    }
}

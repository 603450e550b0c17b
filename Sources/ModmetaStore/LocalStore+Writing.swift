internal import Glibc
internal import ModmetaFormats

extension LocalStore {
    /// Stores an object unless the key is taken.
    public func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        switch content {
        case .bytes(let bytes):
            try put(key, size: UInt64(bytes.count), hash: { SHA256.hash(bytes) }) { (file: borrowing OpenFile) in
                try file.write(bytes)
            }
        case .file(let path):
            try put(file: try OpenFile.importing(path), as: key)
        }
    }

    private func put(file source: consuming OpenFile, as key: ObjectKey) throws -> PutOutcome {
        let source = source
        let size = try source.status().size
        return try put(key, size: size, hash: { try source.hash() }) { (file: borrowing OpenFile) in
            try file.append(contentsOf: source, size: size)
        }
    }

    private func put(
        _ key: ObjectKey, size: UInt64, hash: () throws -> Digest, write: (borrowing OpenFile) throws -> Void
    ) throws -> PutOutcome {
        let target = filePath(key)
        if try existing(key, offered: size, hash: hash) == .kept {
            try LocalStore.parent(of: target).sync()
            return .existed
        }
        var temporary = try newTemporary(exactMode: permissions.immutable, mode: 0o444)
        try write(temporary.file)
        try temporary.file.sync()
        return try publish(&temporary, as: key, size: size, hash: hash)
    }

    /// Gives a written file its key, whatever other writers do meanwhile.
    private func publish(
        _ temporary: inout TemporaryFile, as key: ObjectKey, size: UInt64, hash: () throws -> Digest
    ) throws -> PutOutcome {
        let target = filePath(key)
        // Each further round needs another process to have put or deleted the same object in between.
        for _ in 0..<32 {
            switch try temporary.name(target) {
            case .named:
                try LocalStore.parent(of: target).sync()
                return .created
            case .noDirectory:
                try makeParents(of: target)
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
        let target = filePath(key)
        guard let status = try FileStatus(of: target) else { return nil }
        guard status.kind == .regular else { throw StoreError(.corrupt, "\(target) is not a regular file") }
        return try ExistingObject(
            key: key, size: status.size, offered: offered,
            existingHash: { try OpenFile.reading(target).hash() }, offeredHash: hash)
    }

    /// Creates a file that has no name among the objects yet.
    func newTemporary(exactMode: UInt32?, mode: UInt32) throws -> TemporaryFile {
        do {
            return try TemporaryFile.create(in: temporaryDirectory, mode: mode, exactMode: exactMode)
        } catch let error as StoreError where error.code == .missing {
            // Tools that copy a store may leave out empty directories; but a store that is gone stays gone.
            guard try FileStatus(of: path) != nil else {
                throw StoreError(.noStore, "the store at \(path) is gone; check that its disk is mounted")
            }
            try makeDirectories("modmeta/tmp")
            return try TemporaryFile.create(in: temporaryDirectory, mode: mode, exactMode: exactMode)
        }
    }

    /// Makes the directories that an object's file needs.
    private func makeParents(of file: String) throws {
        let parent = LocalStore.parent(of: file).path
        try makeDirectories(String(parent.dropFirst(path.utf8.count + 1)))
    }

    /// Makes a directory below the root, and those above it, so that they survive a crash of the machine.
    func makeDirectories(_ relativePath: String) throws {
        var directory = DirectoryPath(path)
        for name in relativePath.split(separator: "/") {
            let child = DirectoryPath("\(directory.path)/\(name)")
            if try child.make(), let mode = permissions.directory { try child.setMode(mode) }
            // Also where another writer made it: its name must be on the disk before our object is.
            try directory.sync()
            directory = child
        }
    }
}

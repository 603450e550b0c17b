internal import Glibc
internal import ModmetaFormats
internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem

/// Packs of a bucket that were brought to this machine, each checked against its SHA-256 and indexed here.
///
/// A file is named by the SHA-256 of its pack, and the index comes last: where there is one, the pack is whole. The cache
/// may be deleted at any time. Whoever uses packs holds the lock together with others; whoever removes some, alone.
final class PackCache: Sendable {
    /// The absolute path of the directory.
    let path: String
    private let lock: CInt
    /// Holds the directory where there is no repository to keep it in.
    private let scratch: ScratchDirectory?

    /// How many packs are brought at a time, and how much of each.
    private static let width = 8
    private static let step: UInt64 = 8 << 20
    /// After how many seconds an unfinished file is nobody's.
    private static let patience = 86_400

    /// Opens the cache for a store's packs below a directory, or a passing one where there is none.
    init(of store: StoreFormat.ID, in parent: String?) throws {
        if let parent {
            scratch = nil
            path = "\(parent)/packs/\(store)"
            try StateDirectory.make(parent)
            for directory in ["\(parent)/packs", path] {
                guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                    throw RemoteHelperError(.system, "cannot make \(directory): \(SystemCall.reason())")
                }
                guard StateDirectory.isOwn(directory) else {
                    throw RemoteHelperError(.system, "\(directory) is not a directory of this user's; remove it")
                }
            }
        } else {
            let scratch = try ScratchDirectory()
            self.scratch = scratch
            path = scratch.path
        }
        lock = try SystemCall.open("\(path)/lock", O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        while flock(lock, LOCK_SH) != 0 {
            guard errno == EINTR else {
                throw RemoteHelperError(.system, "cannot lock \(path)/lock: \(SystemCall.reason())")
            }
        }
    }

    deinit { closeLocked(lock) }

    /// Where the files of a pack are, once it was brought.
    func files(of pack: ListedPack) -> (pack: String, index: String) {
        ("\(path)/\(pack.pack.digest).pack", "\(path)/\(pack.pack.digest).idx")
    }

    /// Whether a pack is here.
    func has(_ pack: ListedPack) -> Bool {
        let (packFile, indexFile) = files(of: pack)
        var status = stat()
        return lstat(packFile, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && UInt64(exactly: status.st_size) == pack.pack.length && access(indexFile, R_OK) == 0
    }

    /// A path that no file's begins with yet, for files in the making.
    func newBase() -> String { "\(path)/tmp-\(getpid())-\(UInt64.random(in: .min ... .max))" }

    /// Brings the packs that are not here yet.
    ///
    /// - Parameter arrived: called as each is here, with how many of how many are.
    /// - Throws: `StoreError.Code.missing` if the bucket lacks one, `.corrupt` if one is not what it should be.
    func bring(
        _ packs: [ListedPack], from bucket: any BucketFiles, format: GitObjectFormat,
        arrived: @Sendable (_ count: Int, _ total: Int) -> Void
    ) async throws {
        let missing = packs.filter { !has($0) }
        var done = 0
        try await missing.concurrentForEach(
            width: PackCache.width, { try await self.bring($0, from: bucket, format: format) },
            receive: {
                done += 1
                arrived(done, missing.count)
            })
    }

    private func bring(_ pack: ListedPack, from bucket: any BucketFiles, format: GitObjectFormat) async throws {
        let base = newBase()
        let (packFile, indexFile) = ("\(base).pack", "\(base).idx")
        defer { for file in [packFile, indexFile, "\(base).rev"] { unlink(file) } }
        try await download(pack, from: bucket, to: packFile)
        // The index is made from the pack, so that nothing that reads it depends on who wrote the bucket.
        let git = Git(directory: path, environment: Git.noRepository).with([
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_PARAMETERS": nil,
            "GIT_CONFIG_COUNT": nil, "LC_ALL": "C",
            // Not the repository that the cache lies in.
            "GIT_CEILING_DIRECTORIES": path.lastIndex(of: "/").map { String(path[..<$0]) },
        ])
        let indexed = try await git.output([
            "index-pack", "--object-format=\(format.rawValue)", "-o", indexFile, packFile,
        ])
        guard indexed.status == 0 else {
            throw StoreError(
                .corrupt, "git cannot use \(pack.packPath) of \(bucket.name): \(indexed.errorLine)")
        }
        try place(packFile, indexFile, as: pack)
    }

    private func download(_ pack: ListedPack, from bucket: any BucketFiles, to file: String) async throws {
        let descriptor = try SystemCall.open(file, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        defer { close(descriptor) }
        // Ranges come without a hash of their own, so a bit that was flipped on the way shows only at the end.
        for _ in 0..<RetryingStore.readings {
            if try await copy(pack, from: bucket, to: descriptor) { return }
            lseek(descriptor, 0, SEEK_SET)
        }
        throw StoreError(
            .corrupt, "\(pack.packPath) of \(bucket.name) is damaged: its SHA-256 is not the one its refs name")
    }

    /// Copies a pack and says whether the bytes are the pack's.
    private func copy(
        _ pack: ListedPack, from bucket: any BucketFiles, to descriptor: CInt
    ) async throws -> Bool {
        var hash = SHA256()
        var offset: UInt64 = 0
        while offset < pack.pack.length {
            let end = offset + min(PackCache.step, pack.pack.length - offset)
            let bytes = try await bucket.read(pack.packPath, range: offset..<end)
            hash.update(bytes)
            try SystemCall.write(descriptor, bytes)
            offset = end
        }
        return hash.finish() == pack.pack.digest
    }

    /// Keeps a pack that was made at a `newBase` and is in the bucket now, so that it need not be fetched.
    func adopt(_ made: MadePack) { try? place(made.packFile, made.indexFile, as: made.listed) }

    /// Removes packs that are not in use any more, unless another process is using the cache.
    func removeAll(but packs: [ListedPack]) {
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            flock(lock, LOCK_SH)
            return
        }
        defer { flock(lock, LOCK_SH) }
        let wanted = Set(packs.map(\.pack.digest.hex))
        for name in SystemCall.names(in: path) where name != "lock" && !name.hasPrefix(".") {
            var status = stat()
            let file = "\(path)/\(name)"
            guard !wanted.contains(String(name.prefix { $0 != "." })), lstat(file, &status) == 0,
                status.st_mode & S_IFMT == S_IFREG,
                !name.hasPrefix("tmp-") || time(nil) - status.st_mtim.tv_sec > PackCache.patience
            else { continue }
            unlink(file)
        }
    }

    private func place(_ packFile: String, _ indexFile: String, as pack: ListedPack) throws {
        let (packTarget, indexTarget) = files(of: pack)
        guard rename(packFile, packTarget) == 0, rename(indexFile, indexTarget) == 0 else {
            throw RemoteHelperError(.system, "cannot write \(packTarget): \(SystemCall.reason())")
        }
    }
}

internal import ModmetaFormats
public import ModmetaStore
internal import ModmetaSystem

/// Documents of a store, kept in the tree of one ref of a Git repository elsewhere.
///
/// The tree's paths are the keys' paths. What is read comes from a local mirror, which is brought up to date once for all
/// agents of a git-lfs. What is put counts as stored only when the server acknowledged the push; documents that many
/// agents put at the same time share one. A push that was overtaken is repeated on top of the other one: documents of both
/// stay, and of two manifests of one object the one whose Git blob has the smaller name. See docs/formats/lfs-server.md.
public actor GitRefStore: ObjectStore {
    /// How often a push is repeated on top of others at most.
    private static let attempts = 30
    /// The most bytes of documents kept in memory.
    private static let cacheLimit = 64 << 20

    /// Where everything is, and how git is run.
    public struct Place: Sendable {
        /// The Git repository's URL, without credentials; anything that git can fetch from and push to.
        public var url: String
        /// The directory for the mirror and its locks: `modmeta` in the repository's common directory.
        public var stateDirectory: String
        /// How the Git repository names its objects.
        public var objectFormat: GitObjectFormat
        /// Settings that git is given besides what it reads itself, credentials among them; never among its arguments.
        public var configuration: [(key: String, value: String)]
        /// Whether the payloads that a manifest names get LFS pointers in the tree.
        public var pinsPayloads: Bool

        /// Names a place.
        public init(
            url: String, stateDirectory: String, objectFormat: GitObjectFormat = .sha1,
            configuration: [(key: String, value: String)] = [], pinsPayloads: Bool = false
        ) {
            self.url = url
            self.stateDirectory = stateDirectory
            self.objectFormat = objectFormat
            self.configuration = configuration
            self.pinsPayloads = pinsPayloads
        }
    }

    let place: Place
    let mirror: RefMirror
    let remote: RefRemote
    let pending: PendingDocuments
    let retry: RetryPolicy
    private let directory: String
    private let freshness: Freshness
    /// The server's ref, where it was seen.
    private var knownRef: String?
    private var isReady = false
    private var preparation: Task<Void, any Error>?
    /// Whether the server was asked by this process.
    private var hasAsked = false
    private var filter = PathFilter()
    /// What was read from a commit; nil for a path it does not have.
    private var cache: [String: [UInt8]?] = [:]
    private var cachedCommit: String?
    private var cachedBytes = 0
    /// The round of pushing that has not yet looked at what is to be pushed.
    private var nextRound: Task<Void, any Error>?
    private var lastRound: Task<Void, any Error>?

    /// What makes a passing state directory stay as long as the store is used.
    private let keeper: ScratchDirectory?

    /// Prepares for a place; nothing is read or made.
    public init(_ place: Place, retry: RetryPolicy = RetryPolicy()) { self.init(place, retry: retry, keeper: nil) }

    init(_ place: Place, retry: RetryPolicy = RetryPolicy(), keeper: ScratchDirectory?) {
        self.place = place
        self.keeper = keeper
        self.retry = retry
        let mirrors = "\(place.stateDirectory)/manifests"
        let name = String(SHA256.hash(Array(place.url.utf8)).hex.prefix(16))
        directory = "\(mirrors)/\(name)"
        let suffix = place.objectFormat == .sha1 ? "" : "-\(place.objectFormat.rawValue)"
        let path = "\(place.stateDirectory)/manifests\(suffix).git"
        let git = Git(environment: GitRefStore.environment(path, place.configuration))
        mirror = RefMirror(path: path, ref: "refs/stores/\(name)", git: git)
        remote = RefRemote(url: place.url, git: git)
        pending = PendingDocuments(directory: "\(directory)/pending")
        freshness = .startOfParent()
    }

    /// The variables for a git in the mirror: nothing of the repository that started us, and no hooks of anybody's.
    private static func environment(
        _ path: String, _ configuration: [(key: String, value: String)]
    ) -> [String: String?] {
        var environment = Git.noRepository
        for name in [
            "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_CONFIG",
        ] {
            environment.updateValue(nil, forKey: name)
        }
        environment.merge(["GIT_DIR": path, "GIT_LFS_SKIP_PUSH": "1", "LC_ALL": "C", "GIT_TRACE": "0"]) { $1 }
        let inherited = SystemCall.variable("GIT_CONFIG_COUNT").flatMap { Int($0) } ?? 0
        let all = configuration + [("core.hooksPath", "/dev/null"), ("push.gpgSign", "false")]
        for (index, entry) in all.enumerated() {
            environment["GIT_CONFIG_KEY_\(inherited + index)"] = entry.key
            environment["GIT_CONFIG_VALUE_\(inherited + index)"] = entry.value
        }
        environment["GIT_CONFIG_COUNT"] = "\(inherited + all.count)"
        return environment
    }

    // MARK: The state of the mirror

    /// The commit that documents are read from; nil where the server has none.
    func tip() async throws -> String? {
        if !isReady {
            let task = preparation ?? Task { try await prepare() }
            preparation = task
            do { try await task.value } catch {
                preparation = nil
                throw error
            }
        }
        return try await mirror.tip()
    }

    private func prepare() async throws {
        try await StoreError.fromSystem { try await prepareMirror() }
    }

    private func prepareMirror() async throws {
        for path in ["\(place.stateDirectory)/manifests", directory, pending.directory] {
            _ = try DirectoryPath(path).make(mode: 0o700)
        }
        try await mirror.make(place.objectFormat)
        if !isFresh() {
            let lock = try await FileLock.acquire(lockPath, mode: 0o600, patience: nil)
            if !isFresh() { _ = try await retry.run { try await self.refresh() } }
            _ = consume lock
        }
        isReady = true
    }

    var lockPath: String { "\(directory)/lock" }

    /// Whether the mirror was brought up to date since our parent process began.
    private func isFresh() -> Bool {
        let bytes = RegularFile.firstBytes(of: "\(directory)/fetched", limit: 256) ?? []
        return Freshness(parsing: String(decoding: bytes, as: UTF8.self)).map { $0 >= freshness } ?? false
    }

    /// Notes that the mirror is as the server was at a moment.
    func noteFresh(_ moment: Freshness) throws {
        try StoreError.fromSystem {
            let temporary = try AtomicFile(in: directory, mode: 0o600)
            try temporary.file.append(Array(moment.text.utf8))
            try temporary.replace("\(directory)/fetched")
        }
    }

    /// Brings the mirror up to date; the lock must be held.
    ///
    /// - Returns: the server's state, nil where there is no repository.
    func refresh() async throws -> RefRemote.State? {
        let moment = Freshness.now()
        let state = try await remote.state()
        if let ref = state?.ref, let commit = state?.commit {
            if try await mirror.tip() != commit, try await !remote.fetch(ref, into: mirror.ref) {
                throw StoreError(.unavailable, "\(ref) went away while it was read; give the same command again")
            }
        } else if try await mirror.tip() != nil {
            try await mirror.clearTip()
        }
        knownRef = state?.ref
        hasAsked = state != nil
        try noteFresh(moment)
        return state
    }

    // MARK: Reading

    /// The bytes of a document, or nil: of one that waits to be pushed only where it may be seen before that.
    func content(of key: ObjectKey) async throws -> [UInt8]? {
        let tip = try await tip()
        if GitRefStore.isDeferred(key), let bytes = pending.read(key.path) { return bytes }
        guard let tip else { return nil }
        if let known = cached(key.path, tip) { return known }
        if !filter.isOf(tip) {
            let moved = try await filter.moved(to: tip, in: mirror)
            filter = moved
            return try await content(of: key)
        }
        guard filter.mayHave(key.path) else { return nil }
        let bytes = try await mirror.read([key.path], in: tip)[key.path]
        remember(key.path, bytes, tip)
        return bytes
    }

    private func cached(_ path: String, _ commit: String) -> [UInt8]?? { cachedCommit == commit ? cache[path] : nil }

    private func remember(_ path: String, _ bytes: [UInt8]?, _ commit: String) {
        let cost = (bytes?.count ?? 0) + path.utf8.count
        if cachedCommit != commit || cachedBytes + cost > GitRefStore.cacheLimit {
            (cachedCommit, cache, cachedBytes) = (commit, [:], 0)
        }
        guard cost <= GitRefStore.cacheLimit else { return }
        cachedBytes += cost
        cache.updateValue(bytes, forKey: path)
    }

    /// Reads many small documents at once, so that asking for each costs nothing.
    func readAhead(_ blobs: [RefMirror.Blob], in commit: String) async throws {
        guard blobs.reduce(0, { $0 + $1.size }) < UInt64(GitRefStore.cacheLimit / 2) else { return }
        let paths = blobs.map(\.path).filter { cached($0, commit) == nil }
        guard !paths.isEmpty else { return }
        for (path, bytes) in try await mirror.read(paths, in: commit) { remember(path, bytes, commit) }
    }

    /// Whether a document may be pushed later than it is put: sketches, which are advice.
    static func isDeferred(_ key: ObjectKey) -> Bool { key.path.hasPrefix("modmeta/index/") }

    // MARK: Rounds

    /// Pushes what waits to be pushed; returns once all that was written before is acknowledged.
    ///
    /// Tasks share rounds, and processes do through the lock: who gets it finds the documents of the others, or none left.
    func publish() async throws {
        if let nextRound { return try await nextRound.value }
        let previous = lastRound
        let round = Task {
            _ = try? await previous?.value
            let lock = try await FileLock.acquire(lockPath, mode: 0o600, patience: nil)
            nextRound = nil
            var included: [String] = []
            try await update { tip in
                let changes = try await self.pendingChanges(on: tip)
                included = changes.compactMap(\.writtenPath)
                return changes
            }
            for path in included { pending.remove(path) }
            _ = consume lock
        }
        nextRound = round
        lastRound = round
        do {
            try await round.value
        } catch {
            if nextRound == round { nextRound = nil }
            throw error
        }
    }

    /// Makes the server's ref what a closure wants of it; the lock must be held.
    ///
    /// - Parameters:
    ///   - isFirstRefreshed: whether the server is asked first, and not only once a push was overtaken.
    ///   - changes: says what to change in the commit it is given; called again on top of every commit that came between.
    ///     No changes end the matter.
    func update(
        isFirstRefreshed: Bool = false, _ changes: (String?) async throws -> [RefMirror.Change]
    ) async throws {
        var mustRefresh = isFirstRefreshed
        for attempt in 0..<GitRefStore.attempts {
            if mustRefresh, try await retry.run({ try await self.refresh() }) == nil { throw noRepository() }
            let tip = try await mirror.tip()
            let wanted = try await changes(tip)
            guard !wanted.isEmpty else { return }
            if knownRef == nil, !mustRefresh, !hasAsked {
                mustRefresh = true
                continue
            }
            mustRefresh = true
            let commit = try await mirror.commit(wanted, on: tip)
            let moment = Freshness.now()
            if try await push(commit) {
                try await mirror.setTip(commit)
                try noteFresh(moment)
                return
            }
            // Others are at it; a random pause lets one of them through.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...min(50 * (attempt + 1), 1000))))
        }
        throw StoreError(.unavailable, "others kept pushing manifests to the server; give the same command again")
    }

    /// Pushes a commit to the ref the server has, or the one it allows.
    ///
    /// - Returns: false where somebody else was faster.
    private func push(_ commit: String) async throws -> Bool {
        for ref in knownRef.map({ [$0] }) ?? [RefRemote.hiddenRef, RefRemote.branch] {
            switch try await retry.run({ try await remote.push(commit, to: ref) }) {
            case .acknowledged:
                knownRef = ref
                return true
            case .overtaken: return false
            case .refused(let words) where ref != RefRemote.hiddenRef || knownRef != nil:
                throw StoreError(
                    .denied,
                    "\(Redaction.redacted(place.url)) refuses \(ref): \(words); ask its host to allow it")
            case .refused: continue
            }
        }
        return false
    }

    private func noRepository() -> StoreError {
        StoreError(
            .noStore,
            "there is no Git repository at \(Redaction.redacted(place.url)) for manifests; make it, or name "
                + "another with `git config modmeta.manifestsUrl`")
    }
}

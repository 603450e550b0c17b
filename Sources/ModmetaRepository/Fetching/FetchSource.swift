internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
public import ModmetaNetwork
internal import ModmetaSnapshots
internal import ModmetaStore
internal import ModmetaSystem
internal import ModmetaTransfer

/// Where a snapshot comes from: a clone and its remote, or a store alone.
public struct FetchSource: Sendable {
    /// One file of a snapshot.
    struct File {
        /// Where it goes, relative to the directory that is fetched into.
        var name: String
        /// The object that git-lfs keeps it as; nil for what lies in Git itself.
        var object: ObjectID?
        /// The bytes, where they are in Git itself.
        var bytes: [UInt8] = []
        var size: UInt64
    }

    /// Tensors that go into one file.
    struct Group {
        var name: String
        var selections: [TensorSelection]
    }

    /// The snapshots of the source.
    public let repository: SnapshotRepository
    private(set) var context: TransferContext
    /// What goes over the network to and from the store.
    public let traffic: NetworkTraffic
    /// Tells this source from others.
    public let name: String
    /// Holds what is known of the store, where there is no clone to keep it.
    private let scratch: ScratchDirectory?

    /// Opens the store of a clone's remote.
    ///
    /// - Parameters:
    ///   - remote: the name of the remote.
    ///   - repository: the clone.
    /// - Throws: `LFSAgentError` if no setting names a store, `StoreError` if it cannot be opened.
    public init(remote: String = "origin", of repository: SnapshotRepository) async throws {
        self.repository = repository
        let session = try await StoreSession(.download, remote: remote, in: repository.repository, creates: false)
        context = session.context
        traffic = session.traffic
        name = "remote \(remote) of \(repository.repository.commonDirectory)"
        scratch = nil
    }

    /// Opens a store, without a clone.
    ///
    /// The program `git-remote-modmeta` must lie beside this one, or on `PATH`. What is known of a store is kept in a directory of this process alone, and so is its history: what lies in the
    /// directory that is fetched into, or where the command was given, plays no part.
    /// - Parameters:
    ///   - url: the store's URL, as `modmeta::file:///mnt/models/qa`.
    ///   - notify: receives what a person should know, from any task.
    /// - Throws: `StoreError` if the store cannot be opened, `GitError` if its history cannot be fetched.
    public init(url: String, notify: @escaping RepositoryNotice.Handler = { _ in }) async throws {
        let scratch = try ScratchDirectory()
        let outside = Git(directory: scratch.path, environment: Git.noRepository)
            .with(["GIT_CEILING_DIRECTORIES": scratch.path])
        let opening = try await StoreOpening(outsideOfRepositories: outside, stateDirectory: scratch.path)
        traffic = opening.traffic
        let opened = try await opening.open(try StoreURL(url), .download)
        repository = try await SnapshotRepository(mirroringTagsOf: url, in: scratch, notify: notify)
        let path = scratch.path
        context = TransferContext(
            store: opened.store, storeID: opened.format.id.hex,
            state: StateDatabase(path: "\(path)/state.sqlite"), slots: WorkSlots(directory: "\(path)/slots"),
            turns: UploadTurns(directory: "\(path)/uploading"),
            objectPath: { "\(path)/objects/\($0.hex)" }, partialDirectory: "\(path)/partial")
        name = url
        self.scratch = scratch
    }

    /// Keeps what is under way in the directory that is fetched into.
    mutating func work(in area: FetchArea) {
        context.partialDirectory = area.partialDirectory
        guard scratch != nil else { return }
        let objects = area.objectDirectory
        context.objectPath = { "\(objects)/\($0.hex)" }
    }

    /// The files of a snapshot, by the tree of its commit.
    func files(of document: SnapshotDocument) async throws -> [File] {
        let listing = try await repository.entries(of: document)
        if let link = listing.first(where: \.entry.isLink) {
            throw RepositoryError(
                kind: .input, message: "the snapshot has a symbolic link \(link.name), which is not fetched")
        }
        guard !listing.isEmpty else {
            throw RepositoryError(
                kind: .input,
                message: "\(document.name): its commit holds none of its files, so nothing is fetched")
        }
        for file in listing { _ = try FetchArea.parts(of: file.name) }
        var files: [File] = []
        try await repository.readBlobs(of: listing) { name, _, bytes in
            if bytes.count < LFSPointer.byteLimit, let pointer = try? LFSPointer(parsing: bytes) {
                files.append(File(name: name, object: pointer.object, size: pointer.size))
            } else {
                files.append(File(name: name, object: nil, bytes: bytes, size: UInt64(bytes.count)))
            }
        }
        return files
    }

    /// Brings one whole file to its place; one that is there already is left.
    ///
    /// - Parameter progress: receives how many bytes of it are there.
    /// - Returns: false for one that was there already.
    func fetch(
        _ file: File, into area: FetchArea, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> Bool {
        let digest = file.object?.digest ?? SHA256.hash(file.bytes)
        guard try !area.isThere(file.name, size: file.size, digest: digest, progress: progress) else { return false }
        guard let object = file.object else {
            return try await area.place(file.name) { path in
                try WorkFile.write(file.bytes, to: path)
                return true
            }
        }
        if try await copyLocal(object, file, into: area, progress: progress) { return true }
        let partial = try await Downloader(context: context).download(object, size: file.size, progress: progress)
        // As long as it is kept, no other process takes it.
        try withExtendedLifetime(partial) { try area.move(partial.path, to: file.name) }
        return true
    }

    /// Copies the object that the clone has; false if it has none, or a damaged one.
    private func copyLocal(
        _ object: ObjectID, _ file: File, into area: FetchArea, progress: (UInt64) -> Void
    ) async throws -> Bool {
        let local = context.objectPath(object)
        var status = stat()
        guard stat(local, &status) == 0, UInt64(status.st_size) == file.size else { return false }
        return try await area.place(file.name) { path in
            try WorkFile.copy(local, to: path, progress: progress) == object.digest
        }
    }

    /// The tensors that are wanted, by the directory their files lie in.
    func select(_ files: [File], where isWanted: (String) -> Bool) async throws -> [Group] {
        let downloader = TensorDownloader(context: context)
        var groups: [(directory: String, names: [String], selections: [TensorSelection])] = []
        for file in files {
            guard let object = file.object,
                let selection = try await downloader.select(object, size: file.size, where: isWanted),
                !selection.tensors.isEmpty
            else { continue }
            let slash = file.name.lastIndex(of: "/")
            let directory = slash.map { String(file.name[...$0]) } ?? ""
            let index = groups.firstIndex { $0.directory == directory } ?? groups.count
            if index == groups.count { groups.append((directory, [], [])) }
            groups[index].names.append(file.name)
            groups[index].selections.append(selection)
        }
        return groups.map { group in
            Group(
                // The name of a shard promises an index, which does not fit a part.
                name: group.names.count == 1 && !group.names[0].contains("-of-")
                    ? group.names[0] : "\(group.directory)model.safetensors",
                selections: group.selections)
        }
    }
}

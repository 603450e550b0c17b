internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaStore
internal import ModmetaSystem
internal import ModmetaTransfer

/// What the pre-push hook refuses: tags of snapshots whose objects the store cannot give back.
///
/// It runs after git-lfs's own hook, which sends them.
public struct PushGuard: Sendable {
    let repository: SnapshotRepository
    let remote: String
    /// The URL that is pushed to, as git gives it.
    let url: String

    /// Creates a guard.
    ///
    /// - Parameters:
    ///   - remote: the remote's name, or the URL where it has none.
    ///   - url: the URL that is pushed to, as git gives it to the hook.
    public init(repository: SnapshotRepository, remote: String, url: String) {
        (self.repository, self.remote, self.url) = (repository, remote, url)
    }

    /// Looks at what is pushed, as git writes it: `<local ref> <local object> <remote ref> <remote object>`.
    ///
    /// - Throws: `RepositoryError` with `finding` and what to run; `StoreError` if the store cannot be asked.
    public func check(_ lines: [String]) async throws {
        let names = lines.compactMap { line -> String? in
            let fields = line.split(separator: " ")
            // A local object of zeros: the tag is deleted.
            guard fields.count == 4, fields[0].hasPrefix(SnapshotRepository.tagPrefix),
                !fields[1].allSatisfy({ $0 == "0" })
            else { return nil }
            return String(fields[0].dropFirst(SnapshotRepository.tagPrefix.count))
        }
        guard !names.isEmpty else { return }
        let endpoint = try await UploadDestinations.find(remote: remote, in: repository.repository)
            .view(from: url, remote: remote).endpoint
        // Of another kind of server git-lfs itself has asked.
        guard endpoint.url.hasPrefix("modmeta::") else { return }
        let context: TransferContext
        do {
            context = try await StoreSession(
                .download, at: endpoint, remote: remote, in: repository.repository, creates: false
            ).context
        } catch let error as StoreError where error.code == .noStore && endpoint.url == url {
            // This push makes the store, and its helper looks for the weights of all that it brings.
            return
        }
        // Snapshots that follow each other share most files.
        let files = try await SnapshotWalk.files(of: repository.tagged(names), in: repository)
        var asked: Set<ObjectID> = []
        var pointers: [(file: SnapshotWalk.File, pointer: LFSPointer)] = []
        for (file, bytes) in zip(files, try await repository.smallBlobs(files.map(\.blob))) {
            guard let bytes else { continue }
            let blob = LFSBlob(bytes)
            if case .damaged(_, let reason) = blob {
                throw RepositoryError(
                    kind: .finding,
                    message: "the snapshot \(file.snapshot) has \(file.path), a damaged pointer: \(reason)",
                    hints: [
                        "Put the file there again and take a snapshot of another name; in a text about pointers, "
                            + "shorten the object's name."
                    ])
            }
            if let pointer = blob.pointer, asked.insert(pointer.object).inserted { pointers.append((file, pointer)) }
        }
        guard let file = try await firstMissing(pointers, in: context) else { return }
        throw RepositoryError(
            kind: .finding,
            message: "the snapshot \(file.snapshot) has \(file.path), whose content is not in the store",
            hints: [
                "Run: \(command: "git lfs push --all \(remote) snapshot/\(file.snapshot)")", "Then push again.",
            ])
    }

    /// The first file whose object the store cannot give back; several are asked for at a time.
    private func firstMissing(
        _ pointers: [(file: SnapshotWalk.File, pointer: LFSPointer)], in context: TransferContext
    ) async throws -> SnapshotWalk.File? {
        let isStored = try await pointers.map(\.pointer).concurrentMap(width: 8) { pointer in
            try await context.canRebuild(pointer.object, size: pointer.size)
        }
        return zip(pointers, isStored).first { !$1 }?.0.file
    }
}

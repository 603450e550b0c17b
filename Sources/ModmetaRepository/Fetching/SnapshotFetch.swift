public import ModmetaSnapshots
internal import ModmetaTransfer

/// Writes what a plan says into a directory, and proves that it is the snapshot.
///
/// Call `transfer`, then `prove`, then `finish`. After an interruption the same fetch goes on where it was; no file that is
/// there is overwritten.
public struct SnapshotFetch: Sendable {
    /// How many files are fetched at the same time.
    private static let width = 4

    private let plan: FetchPlan
    private let source: FetchSource
    private let area: FetchArea
    private let proof: FetchProof?

    /// Opens the directory, and makes it if it is missing.
    ///
    /// - Throws: `RepositoryError` if it is a link of somebody else's, Git's own, or cannot be written to.
    public init(_ plan: FetchPlan, from source: FetchSource, into directory: String) throws {
        self.plan = plan
        area = try FetchArea(directory: directory, source: source.name)
        var source = source
        source.work(in: area)
        self.source = source
        proof =
            if case .files(let files) = plan.work {
                FetchProof(document: plan.document, files: files, area: area)
            } else { nil }
    }

    /// Brings everything to its place.
    ///
    /// - Parameter progress: receives how many bytes are there, of how many.
    /// - Throws: `RepositoryError` if another file has a place; `TransferError` or `StoreError` if the store does not have
    ///   what the snapshot needs.
    public func transfer(progress: @escaping HashingProgress = { _, _ in }) async throws {
        let progress = FetchProgress(sizes: plan.files.map(\.size), progress)
        switch plan.work {
        case .files(let files): try await transfer(files, progress)
        case .tensors(let groups): try await transfer(groups, progress)
        }
    }

    /// Hashes the files as they lie on the disk, and compares them with the snapshot's ID.
    ///
    /// An ID is one hash of all files and cannot prove a part: tensors were compared with the hashes of chunks as they came.
    /// - Parameter progress: receives how many bytes were hashed, of how many.
    /// - Throws: `RepositoryError` with `finding` if they are not the snapshot; files that are new are removed then.
    public func prove(progress: @escaping HashingProgress = { _, _ in }) async throws {
        try await proof?.run(progress: progress)
    }

    /// Removes what was kept to go on with.
    public func finish() { area.remove() }

    private func transfer(_ files: [FetchSource.File], _ progress: FetchProgress) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = 0
            // Large files share the cores by themselves; of small ones several are waited for at a time.
            func begin() {
                guard next < files.count else { return }
                let (index, file) = (next, files[next])
                next += 1
                group.addTask {
                    let isNew = try await source.fetch(file, into: area) { progress.reached($0, of: index) }
                    if isNew {
                        proof?.added(file.name)
                        progress.reached(file.size, of: index)
                    } else {
                        progress.found(file.size, at: index)
                    }
                }
            }
            for _ in 0..<Self.width { begin() }
            while try await group.next() != nil { begin() }
        }
    }

    private func transfer(_ groups: [FetchSource.Group], _ progress: FetchProgress) async throws {
        let downloader = TensorDownloader(context: source.context)
        for (index, group) in groups.enumerated() {
            try await area.place(group.name) { path in
                try await downloader.download(group.selections, to: path) { progress.reached($0, of: index) }
                return true
            }
        }
    }
}

internal import Glibc
internal import ModmetaFormats
public import ModmetaSnapshots
internal import ModmetaSystem
internal import ModmetaTransfer

/// What a fetch of a snapshot is to write: its files, or some of its tensors.
public struct FetchPlan: Sendable {
    /// A file that is to be written.
    public struct File: Hashable, Sendable {
        /// Where it goes, relative to the directory that is fetched into.
        public var name: String
        /// Its bytes; of tensors, without the header that they get.
        public var size: UInt64
    }

    enum Work: Sendable {
        case files([FetchSource.File])
        case tensors([FetchSource.Group])
    }

    /// The snapshot.
    public let document: SnapshotDocument
    let work: Work

    /// Finds out what is to be written; nothing is.
    ///
    /// - Parameters:
    ///   - patterns: as fnmatch(3) has them; only tensors whose names match one are fetched. None for all files.
    /// - Throws: `RepositoryError` with `input` if the snapshot has a file that cannot be written safely, or no such tensor.
    public init(
        of document: SnapshotDocument, from source: FetchSource, tensors patterns: [String] = []
    ) async throws {
        self.document = document
        let files = try await source.files(of: document)
        guard !patterns.isEmpty else {
            work = .files(files)
            return
        }
        let groups = try await source.select(files) { name in patterns.contains { fnmatch($0, name, 0) == 0 } }
        guard !groups.isEmpty else {
            throw RepositoryError(
                kind: .input,
                message: "no tensor of the snapshot has a name like \(patterns.joined(separator: " or "))",
                hints: ["`modmeta inspect` lists the names of a file; only safetensors files are looked into."])
        }
        work = .tensors(groups)
    }

    /// The files that are to be written.
    public var files: [File] {
        switch work {
        case .files(let files): files.map { File(name: $0.name, size: $0.size) }
        case .tensors(let groups):
            groups.map { group in
                File(
                    name: group.name,
                    size: group.selections.flatMap(\.tensors).reduce(0) { $0 + UInt64($1.range.count) })
            }
        }
    }

    /// How many tensors were chosen; nil if whole files are fetched.
    public var tensorCount: Int? {
        selections.map { $0.reduce(0) { $0 + $1.tensors.count } }
    }

    /// The bytes of the chunks that hold the chosen tensors; nil if whole files are fetched.
    public var chunkBytes: UInt64? {
        selections.map { $0.reduce(0) { $0 + $1.chunkBytes } }
    }

    private var selections: [TensorSelection]? {
        if case .tensors(let groups) = work { groups.flatMap(\.selections) } else { nil }
    }
}

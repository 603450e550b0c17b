import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaRepository
import ModmetaSnapshots
import ModmetaStore
import ModmetaTesting
import Synchronization

/// A repository for a test, with the filters of git-lfs and a remote `origin` that is a store.
struct TestRepository: Sendable {
    /// What was noticed.
    final class Notices: Sendable {
        private let list = Mutex<[RepositoryNotice]>([])

        var all: [RepositoryNotice] { list.withLock { $0 } }
        func add(_ notice: RepositoryNotice) { list.withLock { $0.append(notice) } }
    }

    let git: HermeticGit
    /// The top of the work tree.
    let path: String
    let notices = Notices()

    /// Makes a repository, hands it to `body`, and removes it whatever the outcome.
    static func withTemporary(_ body: (TestRepository) async throws -> Void) async throws {
        try await HermeticGit.withTemporary { git in
            let repository = TestRepository(git: git, path: try await git.makeRepository())
            try await repository.run("lfs", "install", "--local")
            try await repository.run("remote", "add", "origin", repository.storeURL)
            try await body(repository)
        }
    }

    /// Runs git as a program of ours does.
    var runner: Git { Git(directory: path, environment: git.environment) }
    var storePath: String { git.path("store") }
    var storeURL: String { "modmeta::file://\(storePath)" }

    /// The repository as it is now.
    func snapshots() async throws -> SnapshotRepository {
        try await SnapshotRepository.discover(with: runner) { [notices] in notices.add($0) }
    }

    @discardableResult
    func run(_ arguments: String...) async throws -> String { try await git.run(arguments, in: path) }

    /// Writes a file of the work tree; its bytes are ASCII.
    func write(_ text: String, to name: String) throws { try git.write(text, to: "\(path)/\(name)") }

    /// Writes a safetensors file with one tensor `w`, of 4096 bytes.
    func writeWeights(_ name: String, filledWith character: Character = "a") throws {
        let header = #"{"w":{"dtype":"U8","shape":[4096],"data_offsets":[0,4096]}}"#
        let length = (0..<8).map { Character(UnicodeScalar(UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)))) }
        try write(String(length) + header + String(repeating: character, count: 4096), to: name)
    }

    func bytes(of name: String) throws -> [UInt8] { try WorkFile.bytes(of: "\(path)/\(name)") }

    func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

    /// Makes a snapshot of some paths below the top, of what is known without asking this machine.
    @discardableResult
    func snapshot(
        _ name: String, _ paths: String..., change: (inout SnapshotOptions) -> Void = { _ in }
    ) async throws -> SnapshotDocument {
        try await SnapshotMaker(options(name, paths, change: change), in: snapshots()).make()
    }

    func options(
        _ name: String, _ paths: [String], change: (inout SnapshotOptions) -> Void = { _ in }
    ) -> SnapshotOptions {
        var options = SnapshotOptions(name: name, paths: paths.map { "\(path)/\($0)" })
        options.gpus = []
        change(&options)
        return options
    }

    /// Makes the store, and returns it.
    func makeStore() async throws -> any ObjectStore {
        let opening = StoreOpening(for: try await snapshots().repository)
        return try await opening.open(StoreURL(storeURL), .upload, absence: .made(.sha1)).store
    }

    /// The names of all refs, and what they name.
    func refs() async throws -> String { try await run("for-each-ref", "--format=%(refname) %(objectname)") }
}

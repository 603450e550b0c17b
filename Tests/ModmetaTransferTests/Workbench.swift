import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import ModmetaTransfer
import Synchronization

/// A repository's worth of local files beside a store in memory.
final class Workbench: Sendable {
    let directory: TemporaryDirectory
    let store: any ObjectStore

    init(store: any ObjectStore = MemoryStore()) throws {
        directory = try TemporaryDirectory()
        self.store = store
        mkdir("\(directory.path)/objects", 0o777)
    }

    func context(storesWhole: Bool = false) -> TransferContext {
        let path = directory.path
        return TransferContext(
            store: store, storeID: "test", state: StateDatabase(path: "\(path)/state.sqlite"),
            slots: WorkSlots(directory: "\(path)/slots"), turns: UploadTurns(directory: "\(path)/uploading"),
            objectPath: { "\(path)/objects/\($0)" },
            partialDirectory: "\(path)/partial/deep", storesWhole: storesWhole)
    }

    /// Puts bytes where a repository keeps its local objects.
    func add(_ bytes: [UInt8]) throws -> ObjectID {
        let object = ObjectID(SHA256.hash(bytes))
        try write(bytes, to: path(of: object))
        return object
    }

    func path(of object: ObjectID) -> String { "\(directory.path)/objects/\(object)" }

    /// Uploads bytes and returns their name.
    @discardableResult
    func push(_ bytes: [UInt8], after previous: [ObjectID] = []) async throws -> ObjectID {
        let object = try add(bytes)
        try await Uploader(context: context(), history: FixedHistory(previous: previous))
            .upload(object, size: UInt64(bytes.count), path: path(of: object)) { _ in }
        return object
    }

    /// Downloads an object and returns its bytes.
    func fetch(_ object: ObjectID, size: Int) async throws -> [UInt8] {
        let partial = try await Downloader(context: context()).download(object, size: UInt64(size)) { _ in }
        defer { unlink(partial.path) }
        return try contents(of: partial.path)
    }

    func manifest(of object: ObjectID) async throws -> Manifest {
        try Manifest(parsing: try await store.read(.manifest(object), limit: 1 << 24))
    }

    /// The bytes of all objects in the store.
    func storedBytes() async throws -> Int {
        let total = Mutex(0)
        for family in ObjectFamily.allCases {
            try await store.list(family) { object in total.withLock { $0 += Int(object.size) } }
        }
        return total.withLock { $0 }
    }
}

struct FixedHistory: VersionHistory {
    var previous: [ObjectID]
    func previousVersions(of object: ObjectID, size: UInt64) async throws -> [ObjectID] { previous }
    func predecessor(of object: ObjectID) async throws -> ObjectID? { previous.first }
    func replaced(by object: ObjectID) async throws -> ObjectID? { previous.first }
    func place(of object: ObjectID) async throws -> UInt64? { UInt64(previous.count) }
}

func write(_ bytes: [UInt8], to path: String) throws {
    let file = fopen(path, "w")!
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw StoreError(.system, "cannot write \(path)") }
}

func contents(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw StoreError(.missing, "cannot open \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = fread(&block, 1, block.count, file)
        if count == 0 { return bytes }
        bytes += block[..<count]
    }
}

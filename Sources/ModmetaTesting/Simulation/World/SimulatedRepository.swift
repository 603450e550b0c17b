internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem
internal import ModmetaTransfer
internal import Synchronization

/// The local side of one person: objects, partial downloads, and the state that processes leave behind.
final class SimulatedRepository: Sendable {
    let person: Int
    private let path: String
    private let changed = Mutex<[ObjectID: [UInt8]]>([:])

    init(person: Int, below directory: String) throws {
        self.person = person
        path = "\(directory)/\(person)"
        for name in ["", "/objects", "/partial", "/uploading"] { mkdir(path + name, 0o777) }
    }

    func objectPath(_ object: ObjectID) -> String { "\(path)/objects/\(object)" }

    func has(_ object: ObjectID) -> Bool { access(objectPath(object), F_OK) == 0 }

    /// Puts an object where git-lfs would.
    func keep(_ bytes: [UInt8], as object: ObjectID) throws { try Self.write(bytes, to: objectPath(object)) }

    /// What an agent, or the helper, of this repository works with.
    func context(
        store: any ObjectStore, process: SimulatedProcess, scenario: SimulationScenario,
        scheduler: SimulationScheduler, mutation: SimulatedMutation?, usesDatabase: Bool
    ) -> TransferContext {
        let clock = TransferClock(
            elapsed: { scheduler.now }, secondsSince1970: { scheduler.secondsSince1970 },
            sleep: { duration in
                try await scheduler.wait(duration, process: process)
                try Task.checkCancellation()
            })
        let objects = "\(path)/objects"
        var context = TransferContext(
            store: store, storeID: "simulated",
            state: StateDatabase(path: usesDatabase ? "\(path)/state.sqlite" : "\(path)/none/state.sqlite"),
            slots: WorkSlots(directory: "\(path)/slots", count: scenario.workers, clock: clock),
            turns: UploadTurns(directory: "\(path)/uploading", clock: clock),
            objectPath: { "\(objects)/\($0)" }, partialDirectory: "\(path)/partial",
            storesWhole: scenario.storesWhole, clock: clock)
        context.sizes = scenario.sizes
        context.omissions = Omissions(mutation?.omissions ?? [])
        return context
    }

    /// The bytes of a finished download.
    func contents(of partial: PartialFile) throws -> [UInt8] { try Self.read(partial.path) }

    /// Takes a download over as an object, as git-lfs does, and returns its bytes.
    func take(_ partial: PartialFile, as object: ObjectID) throws -> [UInt8] {
        let bytes = try Self.read(partial.path)
        rename(partial.path, objectPath(object))
        return bytes
    }

    /// Removes an object, so that it must be downloaded again.
    func forget(_ object: ObjectID) { unlink(objectPath(object)) }

    /// Changes a byte of an object, as a training script that writes into it would.
    func change(_ object: ObjectID, random: inout SeededRandom) throws {
        var bytes = try Self.read(objectPath(object))
        guard !bytes.isEmpty else { return }
        let original = bytes
        bytes[random.pick(0..<bytes.count)] ^= 0x10
        try Self.write(bytes, to: objectPath(object))
        changed.withLock { if $0[object] == nil { $0[object] = original } }
    }

    /// Puts back what was changed; says whether anything was.
    @discardableResult
    func restore() throws -> Bool {
        let files = changed.withLock { changed in
            defer { changed = [:] }
            return changed
        }
        for (object, bytes) in files { try Self.write(bytes, to: objectPath(object)) }
        return !files.isEmpty
    }

    /// Leaves what a killed process leaves, and what a power cut does to files that were not flushed.
    func crash(losesPower: Bool, random: inout SeededRandom) throws {
        // A lock file whose holder is gone.
        try Self.write([], to: "\(path)/uploading/\(String(repeating: "0", count: 64))")
        guard losesPower else { return }
        for name in (try DirectoryPath("\(path)/partial").names() ?? []).sorted() {
            var bytes = try Self.read("\(path)/partial/\(name)")
            guard !bytes.isEmpty else { continue }
            let start = random.pick(0..<bytes.count)
            if random.oneIn(2) {
                bytes.removeSubrange(start...)
            } else {
                for index in start..<min(bytes.count, start + 4096) { bytes[index] = 0 }
            }
            try Self.write(bytes, to: "\(path)/partial/\(name)")
        }
        switch random.pick(0..<4) {
        case 0: for suffix in ["", "-wal", "-shm"] { unlink("\(path)/state.sqlite\(suffix)") }
        case 1: truncate("\(path)/state.sqlite-wal", 0)
        case 2: try Self.write([UInt8](repeating: 0x5a, count: 3000), to: "\(path)/state.sqlite")
        default: break
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw StoreError(.system, "cannot write \(path) for the simulation")
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(.missing, "cannot read \(path) for the simulation") }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let size = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, size))
        }
    }
}

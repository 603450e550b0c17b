internal import Glibc
public import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Which objects the agents of a repository are uploading at this moment, and what these are.
///
/// A turn is a file named for the object and locked by `flock`, which the kernel frees when its holder dies. It holds an
/// `UploadAnnouncement`, once its holder knows what the object is. If the directory cannot be written, or its files cannot be
/// locked, every turn is free: turns save work, correctness does not rest on them.
public struct UploadTurns: Sendable {
    private let directory: String
    private let clock: TransferClock

    /// Uses the files in a directory, which is created where it is missing.
    public init(directory: String, clock: TransferClock = .system) {
        self.directory = directory
        self.clock = clock
        mkdir(directory, 0o777)
    }

    /// The right to upload an object, held until the value goes away.
    public struct Turn: ~Copyable, Sendable {
        fileprivate let descriptor: CInt
        fileprivate let path: String
        /// The object.
        let object: ObjectID

        deinit {
            guard descriptor >= 0 else { return }
            unlink(path)
            closeLocked(descriptor)
        }
    }

    /// Waits until no other agent uploads the object.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func take(_ object: ObjectID) async throws -> Turn {
        let path = path(of: object)
        var mislaid = 0
        while mislaid < Self.mislaidLimit {
            let descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            guard descriptor >= 0 else { break }
            let attempt = LockAttempt(descriptor, LOCK_EX)
            if attempt == .locked, isNamed(descriptor, path) {
                ftruncate(descriptor, 0)
                return Turn(descriptor: descriptor, path: path, object: object)
            }
            closeLocked(descriptor)
            guard attempt == .held || attempt == .locked else { break }
            // Locked, but removed by its last holder since it was opened: the next look is at a new file.
            if attempt == .locked { mislaid += 1 } else { try await waitForEnd(of: object) }
        }
        return Turn(descriptor: -1, path: path, object: object)
    }

    /// How often a file may be gone once it is locked, before it is taken for a fault of the file system.
    private static let mislaidLimit = 100

    /// Waits until nobody uploads an object.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func waitForEnd(of object: ObjectID) async throws {
        if clock.isSystem {
            do {
                // Not created: an object that is no longer under way has no file.
                if let locked = try await LockWait.first(of: [path(of: object)], LOCK_SH, creates: false) {
                    closeLocked(locked.descriptor)
                }
                return
            } catch is SystemError {
                // As without another thread; then it is looked at from time to time.
            }
        }
        repeat { try await clock.sleep(.milliseconds(20)) } while isTaken(object)
    }

    /// Whether somebody is uploading the object.
    func isTaken(_ object: ObjectID) -> Bool {
        let descriptor = RegularFile.open(path(of: object), O_RDWR | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { closeLocked(descriptor) }
        return LockAttempt(descriptor, LOCK_EX) == .held
    }

    // MARK: What is under way

    /// Lets an upload begin, unless something under way is to be waited for.
    ///
    /// Looking and beginning are one step for all agents, so that of two that are to wait for one another one always does.
    /// Who has begun waits for nobody.
    /// - Parameters:
    ///   - announcement: what is uploaded; others see it from now on, as waiting or as begun.
    ///   - precedes: whether an upload under way is to be waited for.
    /// - Returns: one to wait for, or nil if the upload has begun.
    func begin(
        _ turn: borrowing Turn, _ announcement: UploadAnnouncement, unless precedes: (UploadAnnouncement) -> Bool
    ) -> UploadAnnouncement? {
        guard turn.descriptor >= 0, let door = Door(directory) else { return nil }
        let ahead = underWay(besides: turn.object).compactMap(\.announcement).filter(precedes)
        var announcement = announcement
        announcement.hasBegun = ahead.isEmpty
        let bytes = announcement.serialized()
        if pwrite(turn.descriptor, bytes, bytes.count, 0) == bytes.count { ftruncate(turn.descriptor, bytes.count) }
        _ = consume door
        // What has begun ends first.
        return ahead.first(where: \.hasBegun) ?? ahead.min(by: UploadAnnouncement.precedes)
    }

    /// Whether an agent has an object in hand of which it has not said yet what it is.
    func hasNewcomers(besides object: ObjectID) -> Bool {
        underWay(besides: object).contains { $0.announcement == nil }
    }

    /// The objects that living agents have in hand; what dead ones have left is removed.
    private func underWay(besides own: ObjectID) -> [(object: ObjectID, announcement: UploadAnnouncement?)] {
        guard let names = try? DirectoryPath(directory).names() else { return [] }
        return names.sorted().compactMap { name in
            guard let object = ObjectID(hex: name), object != own else { return nil }
            let path = path(of: object)
            let descriptor = RegularFile.open(path, O_RDWR | O_NOFOLLOW)
            guard descriptor >= 0 else { return nil }
            defer { closeLocked(descriptor) }
            let attempt = LockAttempt(descriptor, LOCK_EX)
            guard attempt == .held else {
                if attempt == .locked, isNamed(descriptor, path) { unlink(path) }
                return nil
            }
            var bytes = [UInt8](repeating: 0, count: UploadAnnouncement.sizeLimit)
            let count = pread(descriptor, &bytes, bytes.count, 0)
            let announcement = count > 0 ? UploadAnnouncement(parsing: Array(bytes[..<count])) : nil
            return (object, announcement?.sketch.object == object ? announcement : nil)
        }
    }

    private func path(of object: ObjectID) -> String { "\(directory)/\(object)" }

    /// Whether the name still leads to the file that was locked, and was not given up and made anew meanwhile.
    private func isNamed(_ descriptor: CInt, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
    }

    /// Held by who looks at what is under way, for as long as that takes.
    private struct Door: ~Copyable {
        private let descriptor: CInt

        init?(_ directory: String) {
            descriptor = RegularFile.open("\(directory)/door", O_RDWR | O_CREAT | O_NOFOLLOW)
            guard descriptor >= 0 else { return nil }
            _ = LockAttempt.waiting(descriptor, LOCK_EX)
        }

        deinit { closeLocked(descriptor) }
    }
}

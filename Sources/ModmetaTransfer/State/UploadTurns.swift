internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Which objects the agents of a repository are uploading at this moment.
///
/// A turn is a file named for the object and locked by `flock`, which the kernel frees when its holder dies. Where the
/// directory cannot be written, every turn is free: turns save work, correctness does not rest on them.
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
    struct Turn: ~Copyable {
        fileprivate let descriptor: CInt
        fileprivate let path: String

        deinit {
            guard descriptor >= 0 else { return }
            unlink(path)
            closeLocked(descriptor)
        }
    }

    /// Waits until no other agent uploads the object.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func take(_ object: ObjectID) async throws -> Turn {
        while true {
            let path = "\(directory)/\(object)"
            let descriptor = RegularFile.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            guard descriptor >= 0 else { return Turn(descriptor: -1, path: path) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, isNamed(descriptor, path) {
                return Turn(descriptor: descriptor, path: path)
            }
            closeLocked(descriptor)
            try await clock.sleep(.milliseconds(20))
        }
    }

    /// Whether another agent is uploading the object.
    func isTaken(_ object: ObjectID) -> Bool {
        let descriptor = RegularFile.open("\(directory)/\(object)", O_RDWR | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { closeLocked(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Whether the name still leads to the file that was locked, and was not given up and made anew meanwhile.
    private func isNamed(_ descriptor: CInt, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
    }
}

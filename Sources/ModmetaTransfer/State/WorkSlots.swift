internal import Glibc

/// The machine-wide share of work that all agents of one repository draw from.
///
/// A slot is a file that its holder has locked by `flock`; the kernel frees it when the holder dies. Every slot stands
/// for one worker's time and one worker's memory, so the number of slots bounds both for all processes together.
public struct WorkSlots: Sendable {
    private let directory: String
    /// How many slots there are.
    public let count: Int

    /// Uses the slot files in a directory, which is created where it is missing.
    ///
    /// One slot more than there are cores keeps the cores busy while a worker waits for the disk; the limit of eight
    /// keeps the memory of all workers within bounds on large machines.
    public init(directory: String) {
        self.directory = directory
        count = min(8, max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))) + 1)
        mkdir(directory, 0o777)
    }

    /// A slot that is held until the value goes away.
    struct Slot: ~Copyable {
        fileprivate let descriptor: CInt
        deinit { close(descriptor) }
    }

    /// Waits for a slot.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, `TransferError` when slot files cannot be made.
    func acquire() async throws -> Slot {
        var pause = Duration.milliseconds(1)
        while true {
            if let slot = try tryAcquire() { return slot }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(16))
        }
    }

    private func tryAcquire() throws -> Slot? {
        // Starting at our own place spreads the agents over the files.
        let first = Int(getpid()) % count
        for step in 0..<count {
            let path = "\(directory)/\((first + step) % count)"
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                throw TransferError(.local, "cannot open the work slot \(path): \(String(cString: strerror(errno)))")
            }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return Slot(descriptor: descriptor) }
            close(descriptor)
        }
        return nil
    }
}

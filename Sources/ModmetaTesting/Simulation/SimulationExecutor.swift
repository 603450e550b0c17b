internal import Synchronization

/// Runs the tasks of one simulation, one job after another, on the calling thread.
///
/// Child tasks and the actors they call inherit it. So the order of everything in the simulation depends only on the
/// order in which tasks are resumed.
final class SimulationExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var next = 0
    }

    private let queue = Mutex(Queue())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
    }

    /// Runs a task and everything it starts to the end.
    ///
    /// - Parameter whenIdle: called when every task waits; resumes one, or returns false if there is none.
    /// - Returns: false if the task waits forever.
    func run(_ body: @escaping @Sendable () async -> Void, whenIdle: () -> Bool) -> Bool {
        let done = Flag()
        Task(executorPreference: self) {
            await body()
            done.set()
        }
        while true {
            while let job = pop() { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if done.isSet { return true }
            guard whenIdle() else { return false }
        }
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    private func pop() -> UnownedJob? {
        queue.withLock { queue in
            guard queue.next < queue.jobs.count else {
                queue = Queue()
                return nil
            }
            defer { queue.next += 1 }
            return queue.jobs[queue.next]
        }
    }
}

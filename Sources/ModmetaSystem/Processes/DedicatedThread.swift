internal import Glibc

/// A thread of our own, for work that blocks and so has no place in Swift's pool.
package enum DedicatedThread {
    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a closure in a new thread, which ends with it and takes no signals.
    package static func start(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
        let context = Unmanaged.passRetained(Work(work))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // A thread inherits the mask, so no signal can come before its first instruction.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            context.release()
            throw .failed(to: "start", "a thread", errno: failure)
        }
        pthread_detach(thread)
    }
}

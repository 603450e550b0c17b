internal import Glibc

/// A thread of our own, for work that blocks and so has no place in Swift's pool.
package enum DedicatedThread {
    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a closure in a new thread, which ends with it and takes no signals.
    ///
    /// - Parameter stackSize: the bytes of its stack; nil for the usual 8 MiB of address space.
    package static func start(
        stackSize: Int? = nil, _ work: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let context = Unmanaged.passRetained(Work(work))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // A thread inherits the mask, so no signal can come before its first instruction.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let failure = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { buffer in
            let attributes = buffer.baseAddress.flatMap { pthread_attr_init($0) == 0 ? $0 : nil }
            defer { if let attributes { pthread_attr_destroy(attributes) } }
            if let attributes, let stackSize { pthread_attr_setstacksize(attributes, stackSize) }
            return pthread_create(
                &thread, attributes,
                { context in
                    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
                    return nil
                }, context.toOpaque())
        }
        guard failure == 0 else {
            context.release()
            throw .failed(to: "start", "a thread", errno: failure)
        }
        pthread_detach(thread)
    }
}

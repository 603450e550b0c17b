internal import Glibc

/// What the test framework does at each throw: it takes a backtrace, which costs more than most parsers do.
enum ErrorObservers {
    /// Removes them from this process, so that a campaign measures readers alone.
    static func remove() {
        for name in ["_swift_willThrow", "_swift_willThrowTypedImpl"] {
            // The runtime's variables, each a function pointer that may be null.
            dlsym(nil, name)?.assumingMemoryBound(to: UnsafeRawPointer?.self).pointee = nil
        }
    }
}

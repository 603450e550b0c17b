internal import Glibc

/// The hooks that the test framework installs for each throw: a backtrace, which costs more than most parsers.
enum ErrorObservers {
    /// Removes the hooks from this process, so that a campaign measures only the parser.
    static func remove() {
        for name in ["_swift_willThrow", "_swift_willThrowTypedImpl"] {
            // Variables of the runtime, each a function pointer that may be null.
            dlsym(nil, name)?.assumingMemoryBound(to: UnsafeRawPointer?.self).pointee = nil
        }
    }
}

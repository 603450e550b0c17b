internal import Glibc

/// The address space that this process may take, as `ulimit -v` and batch systems limit it.
///
/// Below a certain size the Swift runtime cannot start the threads of its pool, and waits for them for ever; so a process ends
/// before it starts any. docs/limits.md, "Memory and address space".
package enum AddressSpace {
    /// What a process needs beside its threads, and what each thread does: its stack, and room for its allocations.
    private static let (fixed, each): (UInt64, UInt64) = (512 << 20, 16 << 20)

    /// The least that is enough on a machine with some processors.
    package static func least(processors: Int) -> UInt64 { fixed + each * UInt64(clamping: max(1, processors)) }

    /// Why this process cannot work, or nil if it can.
    package static var refusal: String? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
        return refusal(limit: UInt64(limit.rlim_cur), processors: sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    }

    /// Why a process with a limit cannot work, or nil if it can.
    package static func refusal(limit: UInt64, processors: Int) -> String? {
        let least = least(processors: processors)
        guard limit < least else { return nil }
        return
            "the address space is limited to \(limit >> 20) MiB (ulimit -v), and \(least >> 20) MiB are needed; raise "
            + "the limit, and limit memory by other means"
    }
}

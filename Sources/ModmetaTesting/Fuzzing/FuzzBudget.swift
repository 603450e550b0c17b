internal import Glibc

/// The cost that a parser of untrusted bytes may have per byte of input; see docs/limits.md, "How tests enforce this".
///
/// An input that costs more is a bomb, and a bomb is a failure like a crash.
public struct FuzzBudget: Sendable {
    /// The processor time for any input, in seconds.
    public var seconds: Double
    /// The additional processor time per byte of input, in seconds.
    public var secondsPerByte: Double
    /// The memory for any input, in bytes.
    public var memory: Int
    /// The additional memory per byte of input, in bytes.
    public var memoryPerByte: Int

    /// The budget of parsers.
    public static let parser = FuzzBudget(
        seconds: 0.05, secondsPerByte: 2e-6, memory: 24 << 20, memoryPerByte: 256)
    /// The budget of decoders, whose output may be longer than their input.
    public static let decoder = FuzzBudget(
        seconds: 0.25, secondsPerByte: 20e-6, memory: 96 << 20, memoryPerByte: 1024)

    /// The slowdown allowed for a build without optimisation.
    public static var slowness: Double {
        #if DEBUG
            20
        #else
            1
        #endif
    }

    /// The processor time for an input of `length` bytes, in seconds.
    public func time(for length: Int) -> Double {
        (seconds + secondsPerByte * Double(length)) * FuzzBudget.slowness
    }

    /// The memory for an input of `length` bytes, in bytes.
    public func memory(for length: Int) -> Int { memory + memoryPerByte * length }
}

/// The resources that this process has used.
enum ProcessUsage {
    /// The processor time of all threads of this process, in seconds.
    static var processTime: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
    /// The processor time of this thread, in seconds.
    static var threadTime: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Restarts the measurement of `peakMemory`.
    static func resetPeakMemory() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// The peak memory use of this process since the last reset, in bytes; 0 if the system does not report it.
    static var peakMemory: Int { statusField("VmHWM:") }
    /// The current memory use of this process, in bytes.
    static var memory: Int { statusField("VmRSS:") }

    private static func statusField(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix(name) else { continue }
            return (text.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0) << 10
        }
        return 0
    }
}

internal import Glibc

/// What a reader of foreign bytes may cost for each byte it is given: docs/limits.md, "How tests enforce this".
///
/// An input that costs more is a bomb, and a bomb is a failure as a crash is.
public struct FuzzBudget: Sendable {
    /// The processor time any input may take, in seconds.
    public var seconds: Double
    /// The processor time for each byte of input, in seconds.
    public var secondsPerByte: Double
    /// The memory any input may take, in bytes.
    public var memory: Int
    /// The memory for each byte of input, in bytes.
    public var memoryPerByte: Int

    /// The budget of parsers.
    public static let parser = FuzzBudget(
        seconds: 0.05, secondsPerByte: 2e-6, memory: 24 << 20, memoryPerByte: 256)
    /// The budget of decoders, whose output may be longer than what they read.
    public static let decoder = FuzzBudget(
        seconds: 0.25, secondsPerByte: 20e-6, memory: 96 << 20, memoryPerByte: 1024)

    /// How much slower a build without optimisation may be.
    public static var slowness: Double {
        #if DEBUG
            20
        #else
            1
        #endif
    }

    /// The processor time an input of some bytes may take, in seconds.
    public func time(for length: Int) -> Double {
        (seconds + secondsPerByte * Double(length)) * FuzzBudget.slowness
    }

    /// The memory an input of some bytes may take, in bytes.
    public func memory(for length: Int) -> Int { memory + memoryPerByte * length }
}

/// What this process used.
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

    /// Starts the measurement of `peakMemory` anew.
    static func resetPeakMemory() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// The most memory this process had in use since the last reset, in bytes; 0 where the system does not say.
    static var peakMemory: Int { statusField("VmHWM:") }
    /// The memory this process has in use, in bytes.
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

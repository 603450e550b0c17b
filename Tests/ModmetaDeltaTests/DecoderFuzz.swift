import Glibc
import ModmetaDelta
import ModmetaFormats

/// Damages payloads and patches at random and gives them to their readers, which must throw a `DeltaError` or return.
///
/// `MODMETA_FUZZ_SECONDS` says how long each family runs, `MODMETA_FUZZ_FAMILY` which one alone. The seed of the last batch is
/// in the file that `MODMETA_FUZZ_SEED` names, so that a crash can be made again.
struct DecoderFuzz {
    enum Family: String, CaseIterable {
        case general, scaled, levelled, nested, patchFile, bsdiff40
    }

    /// A sound payload and what it takes to read it.
    struct Sample {
        var payload: [UInt8]
        var encoding: Manifest.Encoding
        var base: [UInt8]
        var count: Int
    }

    private static let batch = 500
    /// No process that reads hostile bytes of these sizes needs as much.
    private static let mostMemory = 1 << 30

    let family: Family
    private(set) var tried = 0
    private(set) var refused = 0
    /// The longest processor time one input took, in seconds.
    private(set) var slowest = 0.0

    init(_ family: Family) { self.family = family }

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Runs batches until the time is over; at least one.
    mutating func run(seconds: Double, firstSeed: UInt64) async throws {
        let end = DecoderFuzz.now() + seconds
        let samples = try FuzzSamples.make(family)
        let files = family == .patchFile || family == .bsdiff40 ? try PatchFiles(bytes: 3000) : nil
        var patch: [UInt8] = []
        if let files {
            if family == .patchFile {
                try await PatchFile.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
            } else {
                try Bsdiff40.create(old: files.old, new: files.new, plan: files.plan, output: files.patch)
            }
            patch = try ScratchDirectory.read(files.patch)
        }
        let codec = ChunkCodec()
        var seed = firstSeed
        repeat {
            try note(seed)
            var generator = Generator(seed: seed)
            for _ in 0..<DecoderFuzz.batch {
                tried += 1
                if let files {
                    var damaged = patch
                    FuzzMutation.mutate(&damaged, with: patch, &generator)
                    let family = family
                    if try await DecoderFuzz.isRefused(damaged, files, family) { refused += 1 }
                } else if let sample = samples.randomElement(using: &generator),
                    let other = samples.randomElement(using: &generator)
                {
                    var damaged = sample.payload
                    FuzzMutation.mutate(&damaged, with: other.payload, &generator)
                    let start = DecoderFuzz.now(CLOCK_THREAD_CPUTIME_ID)
                    do {
                        _ = try codec.decoded(damaged, sample.encoding, base: sample.base, count: sample.count)
                    } catch is DeltaError {
                        refused += 1
                    }
                    slowest = max(slowest, DecoderFuzz.now(CLOCK_THREAD_CPUTIME_ID) - start)
                }
            }
            try checkMemory()
            seed &+= 1
        } while DecoderFuzz.now() < end
    }

    /// Whether a patch was refused; any other failure is thrown on.
    private static func isRefused(_ patch: [UInt8], _ files: PatchFiles, _ family: Family) async throws -> Bool {
        let path = try files.directory.write(patch, "damaged")
        do {
            if family == .patchFile {
                try await PatchFile.apply(patch: path, old: files.old, output: files.output)
            } else {
                try Bsdiff40.apply(patch: path, old: files.old, output: files.output)
            }
            return false
        } catch is DeltaError {
            return true
        }
    }

    private func note(_ seed: UInt64) throws {
        guard let path = DecoderFuzz.environment("MODMETA_FUZZ_SEED"), let file = fopen(path, "w") else { return }
        defer { fclose(file) }
        fputs("\(family.rawValue) \(seed)\n", file)
    }

    private func checkMemory() throws {
        guard let file = fopen("/proc/self/statm", "r") else { return }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return }
        if pages * 4096 > DecoderFuzz.mostMemory { throw OutOfBounds(bytes: pages * 4096) }
    }

    /// The process grew beyond what reading takes.
    struct OutOfBounds: Error {
        let bytes: Int
    }

    private static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

internal import Glibc

/// Attacks one family for a number of seconds of processor time, and holds each input to the family's budget.
///
/// Environment variables: `MODMETA_FUZZ_FAMILY` selects the family, `MODMETA_FUZZ_SECONDS` the processor time,
/// `MODMETA_FUZZ_SEED` the first seed, `MODMETA_FUZZ_DIRECTORY` the directory for the current input and the failures,
/// and `MODMETA_FUZZ_REPLAY` a file to read instead.
public struct FuzzCampaign {
    /// An input that exceeded its budget.
    public struct Bomb: Error, CustomStringConvertible {
        /// The cost of the input, and its path.
        public let description: String
    }

    private static let batch = 64
    /// The number of costly inputs kept for further mutation.
    private static let costlyLimit = 24

    private let family: FuzzFamily
    private let isAlone = variable("MODMETA_FUZZ_FAMILY") != nil
    private var mutator: FuzzMutator
    /// The inputs with the highest cost per byte, from which costlier ones may be made.
    private var costly: [(cost: Double, bytes: [UInt8])] = []
    private var inputs = 0
    private var slowest = (seconds: 0.0, length: 0)
    private var largest = (bytes: 0, length: 0)

    /// Runs a family: for as long as the environment says, or briefly as one test among many.
    ///
    /// - Throws: `Bomb`, or an error of the family's parser.
    public static func run(_ family: FuzzFamily) async throws {
        let chosen = variable("MODMETA_FUZZ_FAMILY")
        guard chosen == nil || chosen == family.name else { return }
        if chosen != nil { ErrorObservers.remove() }
        var campaign = FuzzCampaign(family, seed: variable("MODMETA_FUZZ_SEED").flatMap { UInt64($0) } ?? 1)
        if chosen != nil, let path = variable("MODMETA_FUZZ_REPLAY") {
            let input = try contents(of: path)
            try await campaign.measured([input])
            print("FUZZ \(family.name): replayed \(input.count) bytes, \(campaign.summary)")
            return
        }
        let seconds = chosen == nil ? 0.4 : variable("MODMETA_FUZZ_SECONDS").flatMap { Double($0) } ?? 0.4
        try await campaign.run(seconds: seconds)
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private init(_ family: FuzzFamily, seed: UInt64) {
        self.family = family
        mutator = FuzzMutator(tokens: family.tokens, generator: SeededRandom(seed: seed))
    }

    private var summary: String {
        "slowest \(FuzzCampaign.rounded(slowest.seconds * 1000)) ms for \(slowest.length) bytes, "
            + "largest \(largest.bytes >> 20) MiB for \(largest.length) bytes"
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private mutating func run(seconds: Double) async throws {
        let seeds = family.seeds + [[]]
        for seed in seeds { try await measured([family.seal(seed)]) }
        let start = ProcessUsage.processTime
        var reported = start
        while ProcessUsage.processTime - start < seconds {
            var batch: [[UInt8]] = []
            for _ in 0..<FuzzCampaign.batch {
                let pool = costly.isEmpty || mutator.pick(0..<4) > 0 ? seeds : costly.map(\.bytes)
                var input = pool[mutator.pick(0..<pool.count)]
                mutator.change(&input, with: seeds[mutator.pick(0..<seeds.count)])
                batch.append(family.seal(input))
            }
            try await measured(batch)
            if ProcessUsage.processTime - reported > 60 {
                reported = ProcessUsage.processTime
                print(
                    "FUZZ \(family.name): \(inputs) inputs in \(Int(reported - start)) s of processor time, \(summary)")
                fflush(nil)
            }
        }
        let used = FuzzCampaign.rounded(ProcessUsage.processTime - start)
        print("FUZZ \(family.name): DONE, \(inputs) inputs in \(used) s of processor time, \(summary)")
    }

    /// Reads inputs and holds them to the budget; memory is measured for the batch, and for single inputs only if it is
    /// high.
    private mutating func measured(_ batch: [[UInt8]]) async throws {
        ProcessUsage.resetPeakMemory()
        let before = ProcessUsage.memory
        for input in batch { try await timed(input) }
        let length = batch.map(\.count).min() ?? 0
        guard ProcessUsage.peakMemory - before > family.budget.memory(for: length) else { return }
        for input in batch {
            var peak = Int.max
            // Work of other threads does not count against the input.
            for _ in 0..<3 where peak > family.budget.memory(for: input.count) {
                ProcessUsage.resetPeakMemory()
                let before = ProcessUsage.memory
                try await family.read(input)
                peak = min(peak, max(0, ProcessUsage.peakMemory - before))
            }
            if peak > largest.bytes { largest = (peak, input.count) }
            if peak > family.budget.memory(for: input.count) {
                throw bomb(input, "took \(peak) bytes of memory for \(input.count) bytes")
            }
        }
    }

    /// The processor time so far, of all threads if this process runs nothing else.
    private var now: Double { isAlone ? ProcessUsage.processTime : ProcessUsage.threadTime }

    private mutating func timed(_ input: [UInt8]) async throws {
        keep(input, as: "\(family.name).input")
        inputs += 1
        // Next to other tests, which compete for caches and memory, everything takes longer.
        let limit = family.budget.time(for: input.count) * (isAlone ? 1 : 4)
        var time = Double.infinity
        for attempt in 0..<3 where attempt == 0 || time > limit {
            let start = now
            try await family.read(input)
            time = min(time, max(0, now - start))
        }
        if time > slowest.seconds { slowest = (time, input.count) }
        guard time <= limit else {
            throw bomb(input, "took \(FuzzCampaign.rounded(time)) s for \(input.count) bytes")
        }
        // The cost of short inputs is mostly the cost of the call.
        let cost = time / Double(input.count + 256)
        guard costly.count < FuzzCampaign.costlyLimit || cost > costly[costly.count - 1].cost else { return }
        costly.append((cost, input))
        costly.sort { $0.cost > $1.cost }
        if costly.count > FuzzCampaign.costlyLimit { costly.removeLast() }
    }

    private func bomb(_ input: [UInt8], _ cost: String) -> Bomb {
        let name = "\(family.name)-bomb-\(inputs).input"
        keep(input, as: name)
        let start = input.prefix(64).map { String($0, radix: 16) }.joined(separator: " ")
        return Bomb(description: "\(family.name): an input \(cost); it is kept as \(name) and begins with \(start)")
    }

    private func keep(_ input: [UInt8], as name: String) {
        guard let directory = FuzzCampaign.variable("MODMETA_FUZZ_DIRECTORY"),
            let file = fopen("\(directory)/\(name)", "w")
        else { return }
        fwrite(input, 1, input.count, file)
        fclose(file)
    }

    private static func contents(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Bomb(description: "cannot read \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
        return bytes
    }
}

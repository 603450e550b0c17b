import Glibc
import ModmetaTesting

/// Returns the number after an option on the command line: `simulate --seeds 1000 --first 1 --threads 2`.
func number(_ name: String) -> UInt64? {
    guard let index = CommandLine.arguments.firstIndex(of: name), index + 1 < CommandLine.arguments.count else {
        return nil
    }
    guard let value = UInt64(CommandLine.arguments[index + 1]) else {
        print("simulate: \(name) needs a number, not \(CommandLine.arguments[index + 1])")
        exit(2)
    }
    return value
}

/// Ends the program if this build cannot inject bugs.
func requireFaultInjection() {
    guard !SimulatedMutation.isSupported else { return }
    print("simulate: only a build with `--traits FaultInjection` can inject bugs; run: make simulate")
    exit(2)
}

/// The bug to inject, if the command line names one.
func mutation() -> SimulatedMutation? {
    guard let index = CommandLine.arguments.firstIndex(of: "--bug"), index + 1 < CommandLine.arguments.count else {
        return nil
    }
    guard let mutation = SimulatedMutation(rawValue: CommandLine.arguments[index + 1]) else {
        print("simulate: --bug is one of \(SimulatedMutation.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
    }
    requireFaultInjection()
    return mutation
}

let report = SimulationReport(
    seeds: number("--seeds") ?? 1000, first: number("--first") ?? 1,
    threads: Int(number("--threads") ?? UInt64(sysconf(CInt(_SC_NPROCESSORS_ONLN)))), mutation: mutation())
if let seed = number("--seed") {
    exit(try report.replay(seed))
} else if CommandLine.arguments.contains("--bugs") {
    requireFaultInjection()
    exit(try report.runMutations())
} else {
    exit(try report.run())
}

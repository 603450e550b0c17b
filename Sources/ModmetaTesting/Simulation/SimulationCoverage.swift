/// What happened in one or many simulations, and how often.
public struct SimulationCoverage: Sendable {
    /// The number of simulations.
    public private(set) var seeds = 0
    /// The number of effects.
    public private(set) var effects = 0
    private var faults: [String: [String: Int]] = [:]
    private var outcomes: [String: Int] = [:]
    private var calls: [String: Int] = [:]

    /// Creates an empty coverage.
    public init() {}

    /// Adds the coverage of other simulations.
    public mutating func add(_ other: SimulationCoverage) {
        seeds += other.seeds
        effects += other.effects
        for (fault, counts) in other.faults { faults[fault, default: [:]].merge(counts, uniquingKeysWith: +) }
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        calls.merge(other.calls, uniquingKeysWith: +)
    }

    /// How often a fault occurred, at any effect.
    func count(of fault: SimulatedFault) -> Int { faults[fault.rawValue, default: [:]].values.reduce(0, +) }

    mutating func countSeed() { seeds += 1 }

    mutating func count(_ effect: SimulatedEffect, _ fault: SimulatedFault?) {
        effects += 1
        calls[effect.rawValue, default: 0] += 1
        if let fault { faults[fault.rawValue, default: [:]][effect.rawValue, default: 0] += 1 }
    }

    mutating func count(outcome: String) { outcomes[outcome, default: 0] += 1 }

    /// A table of faults by effect, and the number of each outcome.
    public var description: String {
        let columns = SimulatedEffect.allCases.map(\.rawValue).filter { calls[$0] != nil }
        var lines = ["\(seeds) seeds, \(effects) effects"]
        lines.append(Self.row("", columns))
        lines.append(Self.row("calls", columns.map { "\(calls[$0] ?? 0)" }))
        for fault in SimulatedFault.allCases {
            let counts = faults[fault.rawValue] ?? [:]
            lines.append(Self.row(fault.rawValue, columns.map { counts[$0].map { "\($0)" } ?? "-" }))
        }
        lines += outcomes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return lines.joined(separator: "\n")
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        cells.reduce(name + String(repeating: " ", count: max(1, 20 - name.count))) { line, cell in
            line + String(repeating: " ", count: max(1, 11 - cell.count)) + cell
        }
    }
}

extension SimulationCoverage: CustomStringConvertible {}

/// A parser or decoder, and what it takes to attack it.
public struct FuzzFamily: Sendable {
    /// The name, as `FUZZ_FAMILIES` of integration/fuzz.sh has it.
    public var name: String
    /// Sound inputs, and hostile ones.
    public var seeds: [[UInt8]]
    /// Pieces that mean something to the parser.
    public var tokens: [[UInt8]]
    /// What an input may cost.
    public var budget: FuzzBudget
    /// Makes checksums and lengths right again, so that what was changed is looked at.
    public var seal: @Sendable ([UInt8]) -> [UInt8]
    /// Reads an input: whatever it throws is a failure, so errors of the reader's own are caught in it.
    public var read: @Sendable ([UInt8]) async throws -> Void

    /// Describes a family.
    public init(
        _ name: String, seeds: [[UInt8]], tokens: [String] = [], instructions: [[UInt8]] = [],
        budget: FuzzBudget = .parser,
        seal: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 },
        read: @escaping @Sendable ([UInt8]) async throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.tokens = tokens.map { Array($0.utf8) } + instructions
        self.budget = budget
        self.seal = seal
        self.read = read
    }

    /// Pieces of JSON.
    public static let json = [
        "{", "}", "[", "]", "\"", ":", ",", "{\"a\":", "[[", "\\u0301", "\\ud83d", "1e999", "-0", "null", "\"\":",
        "\"\u{e9}\":1,", "\"e\u{301}\":1,", "18446744073709551615", "0.", "\\",
    ]
}

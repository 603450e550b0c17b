/// A parser or decoder, and what is needed to attack it.
public struct FuzzFamily: Sendable {
    /// The name, as in `FUZZ_FAMILIES` of integration/fuzz.sh.
    public var name: String
    /// Valid and hostile inputs to start from.
    public var seeds: [[UInt8]]
    /// Pieces that have a meaning for the parser.
    public var tokens: [[UInt8]]
    /// The cost allowed for an input.
    public var budget: FuzzBudget
    /// Repairs checksums and lengths, so that the parser reaches the mutated bytes.
    public var seal: @Sendable ([UInt8]) -> [UInt8]
    /// Parses an input; it must catch the parser's expected errors, because every error it throws is a failure.
    public var read: @Sendable ([UInt8]) async throws -> Void

    /// Creates a family.
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

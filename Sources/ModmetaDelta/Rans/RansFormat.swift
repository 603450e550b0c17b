/// The constants of the entropy coder, docs/formats/delta.md, "Entropy coding".
enum RansFormat {
    /// The binary logarithm of `total`.
    static let bits = 12
    /// The sum of the frequencies of a table.
    static let total = 1 << bits
    /// The number of interleaved states.
    static let states = 8
    /// Between symbols, states are in `lower ..< lower << 16`; they start at `lower`.
    static let lower: UInt32 = 1 << 15
    /// The bytes of the states, before the coded symbols.
    static let stateBytes = 4 * states
    /// The most tables in one run.
    static let maximumTables = 255
}

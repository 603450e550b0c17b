/// The constants of the entropy coder, docs/formats/delta.md, "Entropy coding".
enum RansFormat {
    /// The bits of a frequency: the frequencies of a table add up to 2 to the power of this.
    static let bits = 12
    /// What the frequencies of a table add up to.
    static let total = 1 << bits
    /// The states that take turns.
    static let states = 8
    /// States lie in `lower ..< lower << 16` between symbols, and start from `lower`.
    static let lower: UInt32 = 1 << 15
    /// The bytes the states take at the front of the coded symbols.
    static let stateBytes = 4 * states
    /// No more tables are used in one run.
    static let maximumTables = 255
}

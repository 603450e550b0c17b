/// What one parser may make of the bytes it is given, all names, lists and records together: docs/limits.md.
///
/// A limit on each name alone does not bound their sum: short names under one long key, or one list that a thousand others
/// refer to, make gigabytes of kilobytes. So each parser has one budget and charges it for whatever it makes.
struct ParseBudget {
    /// What any input may be made into, in bytes.
    static let base = 1 << 20
    /// The bytes that each byte of input may become.
    static let factor = 64
    /// The most of all, in bytes.
    static let most = 256 << 20

    /// What the input is, for the error.
    private let what: String
    private(set) var left = ParseBudget.base
    private var granted = ParseBudget.base

    /// A budget that grows with the input; see `grant`.
    ///
    /// - Parameter what: the input, as in "the pickle".
    init(_ what: String, inputLength: Int = 0) {
        self.what = what
        grant(inputLength)
    }

    /// Adds what further bytes of input may become.
    mutating func grant(_ inputLength: Int) {
        let more = min(inputLength, ParseBudget.most / ParseBudget.factor) * ParseBudget.factor
        let new = min(granted + more, ParseBudget.most)
        left += new - granted
        granted = new
    }

    /// Pays for something.
    ///
    /// - Parameters:
    ///   - bytes: about what it takes in memory.
    ///   - offset: where in the file it is described.
    /// - Throws: `limitExceeded` if the budget does not have as much.
    mutating func charge(_ bytes: Int, at offset: UInt64) throws(FormatError) {
        guard bytes <= left else {
            throw FormatError(
                .limitExceeded,
                "\(what) describes more than the \(granted) bytes of names and parts that are read of one of its length",
                offset: offset)
        }
        left -= bytes
    }
}

/// The memory that one parser may use for all names, lists and records it makes from its input; see docs/limits.md.
///
/// A limit per name does not bound their sum: short names under one long key, or one list that a thousand others refer
/// to, turn kilobytes into gigabytes. So each parser has one budget and charges it for everything it makes.
struct ParseBudget {
    /// The budget of an empty input, in bytes.
    static let base = 1 << 20
    /// The bytes of budget per byte of input.
    static let factor = 64
    /// The largest budget, in bytes.
    static let maximum = 256 << 20

    /// The input, for the error message.
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

    /// Adds the budget for further bytes of input.
    mutating func grant(_ inputLength: Int) {
        let more = min(inputLength, ParseBudget.maximum / ParseBudget.factor) * ParseBudget.factor
        let new = min(granted + more, ParseBudget.maximum)
        left += new - granted
        granted = new
    }

    /// Charges the budget.
    ///
    /// - Parameters:
    ///   - bytes: the approximate memory needed.
    ///   - offset: the offset of the description in the file.
    /// - Throws: `limitExceeded` if the budget is exhausted.
    mutating func charge(_ bytes: Int, at offset: UInt64) throws(FormatError) {
        guard bytes <= left else {
            throw FormatError(
                .limitExceeded,
                "\(what) describes more than the \(granted) bytes of names and parts allowed for its length",
                offset: offset)
        }
        left -= bytes
    }
}

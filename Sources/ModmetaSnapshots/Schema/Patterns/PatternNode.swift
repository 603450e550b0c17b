/// A place in a text that a pattern asks for, without taking a character.
enum PatternAssertion: Hashable, Sendable {
    /// `^`: the beginning of the text.
    case beginning
    /// `$`: the end of the text.
    case end
    /// `\b` and `\B`: between a word character and another, or not.
    case wordBoundary(Bool)

    /// Whether it holds between two characters; nil stands for an end of the text.
    func holds(between left: Unicode.Scalar?, and right: Unicode.Scalar?) -> Bool {
        switch self {
        case .beginning: left == nil
        case .end: right == nil
        case .wordBoundary(let isWanted): (isWord(left) != isWord(right)) == isWanted
        }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map(ScalarSet.wordCharacters.contains) ?? false }
}

/// A part of a pattern.
indirect enum PatternNode: Hashable, Sendable {
    case character(ScalarSet)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `most` is nil if there is no limit.
    case repetition(PatternNode, least: Int, most: Int?)

    /// The instructions it takes at most, and at least one, so that what repeats nothing has a size too; stops counting
    /// at a limit.
    func size(limit: Int) -> Int {
        switch self {
        case .character, .assertion: return 1
        case .sequence(let parts), .alternatives(let parts):
            var sum = 1
            for part in parts where sum < limit { sum += part.size(limit: limit) + 2 }
            return min(sum, limit)
        case .repetition(let part, let least, let most):
            let each = part.size(limit: limit) + 2
            let count = max(1, most ?? least + 1)
            return each.multipliedReportingOverflow(by: count).overflow ? limit : min(each * count, limit)
        }
    }
}

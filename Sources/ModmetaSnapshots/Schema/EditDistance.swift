/// The distance between two words.
enum EditDistance {
    /// Returns the fewest insertions, deletions, substitutions and transpositions of letters; nil if it exceeds the
    /// limit.
    ///
    /// The restricted Damerau-Levenshtein distance (optimal string alignment), on bytes.
    static func between(_ left: String, _ right: String, limit: Int) -> Int? {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard abs(left.count - right.count) <= limit else { return nil }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var line = [row + 1]
            line.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, line[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                line.append(cost)
            }
            guard let least = line.min(), least <= limit else { return nil }
            (beforeLast, last) = (last, line)
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }

    /// Returns the word nearest to another, or nil if none is near.
    ///
    /// One letter in four may differ, three at most. Of equally near words, the first one wins.
    static func nearest(to word: String, in words: [String]) -> String? {
        // All short words are near each other.
        guard word.utf8.count >= 3 else { return nil }
        var limit = min(3, max(1, word.utf8.count / 4))
        var nearest: String?
        for candidate in words {
            guard let distance = between(word.lowercased(), candidate, limit: limit) else { continue }
            nearest = candidate
            guard distance > 0 else { break }
            limit = distance - 1
        }
        return nearest
    }
}

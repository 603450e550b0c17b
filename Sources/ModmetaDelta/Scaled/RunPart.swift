/// A stretch of a run that belongs to one tensor: so many words, in rows of so many.
struct RunPart: Hashable {
    /// The number of words.
    var words: Int
    /// The words of a row; the last row may be shorter.
    var row: Int

    /// The number of rows.
    var rows: Int { (words + row - 1) / row }
}

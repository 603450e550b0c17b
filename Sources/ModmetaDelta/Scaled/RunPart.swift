/// A section of a run within one tensor.
struct RunPart: Hashable {
    /// The number of words.
    var words: Int
    /// The words of a row; the last row may be shorter.
    var row: Int

    /// The number of rows.
    var rows: Int { (words + row - 1) / row }
}

extension RunPart {
    /// Reads the parts of a run of `words` words.
    static func read(_ reader: inout PayloadReader, words: Int) throws(DeltaError) -> [RunPart] {
        let offset = reader.offset
        let count = try reader.number("the number of parts of a run")
        guard count > 0, count <= words, count <= reader.remaining / 2 else {
            throw DeltaError(.malformed, "a run of \(words) words has \(count) parts", offset: offset)
        }
        var parts: [RunPart] = []
        var left = words
        for _ in 0..<count {
            let partOffset = reader.offset
            let part = RunPart(
                words: try reader.number("the words of a part"), row: try reader.number("the words of a row"))
            guard part.words > 0, part.words <= left, part.row > 0, part.row <= part.words else {
                throw DeltaError(
                    .malformed, "a part of \(part.words) words in rows of \(part.row); expected at most \(left) words",
                    offset: partOffset)
            }
            left -= part.words
            parts.append(part)
        }
        guard left == 0 else {
            throw DeltaError(.malformed, "the parts of a run end \(left) words early", offset: offset)
        }
        return parts
    }
}

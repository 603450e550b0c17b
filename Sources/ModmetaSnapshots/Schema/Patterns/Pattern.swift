/// A regular expression whose matching takes no longer than its length times that of the text.
///
/// It comes from a repository's schema, whose writer may mean harm, so that no engine with backtracking may have it. A
/// pattern is translated for a machine that holds all the places of the pattern at which the text may be
/// (https://swtch.com/~rsc/regexp/regexp1.html).
struct Pattern: Hashable, Sendable {
    /// The bytes of the longest pattern.
    static let byteLimit = 1024
    /// The instructions a pattern may have when its counts are written out.
    static let sizeLimit = 4096
    /// The steps that all patterns together may take on one file: about a second.
    static let stepLimit = 1 << 26

    /// The expression as it was written.
    let text: String
    /// Its parts; what is made of them is made for each text, as a schema may hold thousands of patterns.
    let node: PatternNode

    /// Reads a pattern.
    ///
    /// - Throws: `PatternProblem` if it is none, is too large, or asks for what takes more than linear time.
    init(parsing text: String) throws(PatternProblem) {
        guard text.utf8.count <= Pattern.byteLimit else {
            throw PatternProblem(reason: "is longer than \(Pattern.byteLimit) bytes")
        }
        self.text = text
        node = try PatternParser.node(of: text)
        guard node.size(limit: Pattern.sizeLimit) < Pattern.sizeLimit else {
            throw PatternProblem(reason: "has more than \(Pattern.sizeLimit) parts when its counts are written out")
        }
    }

    /// Whether some part of a text matches.
    ///
    /// - Parameter steps: the steps that may still be taken; those it took are subtracted.
    /// - Returns: nil if the steps were used up before it was known.
    func matches(_ text: String, steps: inout Int) -> Bool? {
        let program = PatternProgram(node)
        steps -= program.instructions.count
        var run = PatternRun(program)
        var scalars = text.unicodeScalars.makeIterator()
        var (left, right): (Unicode.Scalar?, Unicode.Scalar?) = (nil, scalars.next())
        while true {
            guard steps > 0 else { return nil }
            if run.settle(between: left, and: right, steps: &steps) { return true }
            guard let scalar = right else { return false }
            run.take(scalar, steps: &steps)
            (left, right) = (scalar, scalars.next())
        }
    }
}

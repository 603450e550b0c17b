/// Reads the regular expressions of JSON Schema, which are those of ECMA-262, as far as they can be matched in linear time.
///
/// docs/formats/schema.md, "Patterns", has the subset. Groups only hold parts together: what they match is asked by nobody.
struct PatternParser {
    /// How deep groups nest.
    static let depthLimit = 32
    /// The largest count in braces.
    static let countLimit = 1000

    let scalars: [Unicode.Scalar]
    var index = 0
    private var depth = 0

    private init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    /// The parts of a pattern.
    static func node(of text: String) throws(PatternProblem) -> PatternNode {
        var parser = PatternParser(Array(text.unicodeScalars))
        let node = try parser.alternatives()
        guard parser.index == parser.scalars.count else { throw parser.problem("has a ) that closes nothing") }
        return node
    }

    /// The character that is read next.
    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// Passes a character if it is the next one.
    mutating func pass(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    /// Passes some characters if they are the next ones.
    private mutating func pass(all text: String) -> Bool {
        guard scalars[index...].starts(with: text.unicodeScalars) else { return false }
        index += text.unicodeScalars.count
        return true
    }

    func problem(_ reason: String) -> PatternProblem { PatternProblem(reason: reason, position: index + 1) }

    private mutating func alternatives() throws(PatternProblem) -> PatternNode {
        var parts = [try sequence()]
        while pass("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .alternatives(parts)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = try part()
            guard let (least, most) = try repetition() else {
                parts.append(part)
                continue
            }
            if case .assertion = part { throw problem("repeats ^, $ or a word boundary") }
            // It finds the shortest text first, which makes no difference to whether there is one.
            _ = pass("?")
            if try repetition() != nil { throw problem("repeats a repetition; put the inner one into a group") }
            parts.append(.repetition(part, least: least, most: most))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func part() throws(PatternProblem) -> PatternNode {
        let start = index
        if try repetition() != nil {
            index = start
            throw problem("repeats nothing")
        }
        if pass("^") { return .assertion(.beginning) }
        if pass("$") { return .assertion(.end) }
        if pass(".") { return .character(ScalarSet.lineEnds.inverted) }
        if pass("(") { return try group() }
        if pass("[") { return .character(try characterClass()) }
        if pass("\\") {
            if pass("b") { return .assertion(.wordBoundary(true)) }
            if pass("B") { return .assertion(.wordBoundary(false)) }
            return .character(try escape().set)
        }
        index += 1
        return .character(ScalarSet(scalars[start]))
    }

    private mutating func group() throws(PatternProblem) -> PatternNode {
        let start = index
        if pass("?"), !pass(":") {
            index = start
            for sign in ["?=", "?!", "?<=", "?<!"] where pass(all: sign) {
                index = start
                throw problem("looks ahead or behind, which patterns here cannot do")
            }
            guard pass(all: "?<"), let end = scalars[index...].firstIndex(of: ">") else {
                throw problem("has a group of an unknown kind")
            }
            index = end + 1
        }
        depth += 1
        guard depth <= PatternParser.depthLimit else {
            throw problem("nests groups deeper than \(PatternParser.depthLimit) levels")
        }
        let node = try alternatives()
        depth -= 1
        guard pass(")") else { throw problem("has a ( that is not closed") }
        return node
    }

    /// How often the part before is repeated, or nil if nothing says so; `{` that begins no count stands for itself.
    private mutating func repetition() throws(PatternProblem) -> (least: Int, most: Int?)? {
        if pass("*") { return (0, nil) }
        if pass("+") { return (1, nil) }
        if pass("?") { return (0, 1) }
        let start = index
        guard pass("{"), let least = count() else {
            index = start
            return nil
        }
        var most: Int? = least
        if pass(",") { most = count() }
        guard pass("}") else {
            index = start
            return nil
        }
        guard max(least, most ?? 0) <= PatternParser.countLimit else {
            throw problem("repeats more than \(PatternParser.countLimit) times")
        }
        guard least <= most ?? least else { throw problem("has a count whose ends are in the wrong order") }
        return (least, most)
    }

    /// A decimal number; one beyond all limits is the largest integer.
    private mutating func count() -> Int? {
        let digits = scalars[index...].prefix(while: ScalarSet.digits.contains)
        index += digits.count
        return digits.isEmpty ? nil : digits.count > 9 ? Int.max : Int(String(String.UnicodeScalarView(digits)))
    }
}

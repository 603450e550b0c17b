/// Classes in brackets, and what a backslash makes of characters.
extension PatternParser {
    /// What stands in a class: one character, which may begin or end a range, or several.
    enum Member {
        case one(Unicode.Scalar)
        case several(ScalarSet)

        /// The characters.
        var set: ScalarSet {
            switch self {
            case .one(let scalar): ScalarSet(scalar)
            case .several(let set): set
            }
        }
    }

    /// A class, of which `[` was passed.
    mutating func characterClass() throws(PatternProblem) -> ScalarSet {
        let isInverted = pass("^")
        var sets: [ScalarSet] = []
        while !pass("]") {
            let left = try member()
            let isRange = next == "-" && index + 1 < scalars.count && scalars[index + 1] != "]"
            guard isRange, case .one(let first) = left else {
                sets.append(left.set)
                continue
            }
            index += 1
            switch try member() {
            case .one(let last):
                guard first <= last else { throw problem("has a range whose ends are in the wrong order") }
                sets.append(ScalarSet([first.value...last.value]))
            case .several(let set): sets += [left.set, ScalarSet("-"), set]
            }
        }
        let union = ScalarSet(sets)
        return isInverted ? union.inverted : union
    }

    private mutating func member() throws(PatternProblem) -> Member {
        guard let scalar = next else { throw problem("has a [ that is not closed") }
        index += 1
        guard scalar == "\\" else { return .one(scalar) }
        return pass("b") ? .one("\u{8}") : try escape()
    }

    /// What an escape stands for, of which the backslash was passed.
    mutating func escape() throws(PatternProblem) -> Member {
        guard let scalar = next else { throw problem("ends with a backslash") }
        switch scalar {
        case "1"..."9", "k": throw problem("refers back to what a group matched, which patterns here cannot do")
        case "p", "P": throw problem("has a class of Unicode properties, which patterns here cannot have")
        default: index += 1
        }
        switch scalar {
        case "d": return .several(.digits)
        case "D": return .several(ScalarSet.digits.inverted)
        case "w": return .several(.wordCharacters)
        case "W": return .several(ScalarSet.wordCharacters.inverted)
        case "s": return .several(.whitespace)
        case "S": return .several(ScalarSet.whitespace.inverted)
        case "t": return .one("\t")
        case "n": return .one("\n")
        case "v": return .one("\u{B}")
        case "f": return .one("\u{C}")
        case "r": return .one("\r")
        case "0" where next.map(ScalarSet.digits.contains) != true: return .one("\0")
        case "c":
            guard let letter = next, letter.isASCII, letter.properties.isAlphabetic else {
                throw problem("has a \\c without a letter")
            }
            index += 1
            return .one(Unicode.Scalar(UInt8(letter.value % 32)))
        case "x": return .one(try self.scalar(try hexadecimal(2)))
        case "u": return .one(try self.scalar(try codePoint()))
        case "0", "a"..."z", "A"..."Z": throw problem("has the escape \\\(scalar), which has no meaning")
        default: return .one(scalar)
        }
    }

    private mutating func codePoint() throws(PatternProblem) -> UInt32 {
        if pass("{") {
            var value: UInt32 = 0
            var count = 0
            while let digit = next.flatMap(hexadecimalDigit), count < 6 {
                value = value << 4 | digit
                count += 1
                index += 1
            }
            guard count > 0, pass("}") else { throw problem("has a \\u{ that is no number of one to six digits") }
            return value
        }
        let first = try hexadecimal(4)
        let start = index
        // Two halves of UTF-16 are one character.
        if 0xD800...0xDBFF ~= first, pass("\\"), pass("u"), let second = try? hexadecimal(4), 0xDC00...0xDFFF ~= second
        {
            return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        index = start
        return first
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = next.flatMap(hexadecimalDigit) else {
                throw problem("has an escape that needs \(count) hexadecimal digits")
            }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    private func hexadecimalDigit(_ scalar: Unicode.Scalar) -> UInt32? {
        guard scalar.isASCII else { return nil }
        return Character(scalar).hexDigitValue.map { UInt32($0) }
    }

    private func scalar(_ value: UInt32) throws(PatternProblem) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else { throw problem("has an escape that is no character") }
        return scalar
    }
}

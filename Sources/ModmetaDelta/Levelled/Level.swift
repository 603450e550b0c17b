import ModmetaFormats

/// The size of a float in quarter octaves: its exponent field and the top two bits of its mantissa.
///
/// See docs/formats/delta.md, "Levelled".
enum Level {
    /// The symbol of a level equal to its row's level.
    static let middle = 191
    /// The symbol of a level too far from its row's level.
    static let escape = 255
    /// The longest row that writers make; readers accept any.
    static let longestRow = 4096

    /// The bits of a word below the level, without the sign.
    static func shift(_ element: ElementKind) -> Int { element.exponentShift - 2 }

    /// The number of levels: one for each exponent and top two mantissa bits.
    static func count(_ element: ElementKind) -> Int {
        1 << ((element.isWidened ? 7 : element.width * 8 - 1) - shift(element))
    }

    /// The bits of a word stored without entropy coding: those below the level, and the sign.
    static func lowWidth(_ element: ElementKind) -> Int { shift(element) + 1 }

    /// The bytes that the low bits of `words` words take.
    static func lowLength(_ element: ElementKind, words: Int) -> Int { (words * lowWidth(element) + 7) / 8 }

    /// How far a value's exponent field in float32 exceeds the one in the element, in quarter octaves.
    static func excess(_ element: ElementKind) -> Int {
        switch element {
        case .float16, .float8E5M2: 4 * (127 - 15)
        case .float8E4M3: 4 * (127 - 7)
        default: 0
        }
    }
}

import ModmetaFormats

/// The size of a float in quarter octaves: its exponent field and the top two bits of its mantissa.
///
/// See docs/formats/delta.md, "Levelled".
enum Level {
    /// The symbol of a level as high as its row's.
    static let middle = 191
    /// The symbol of a level that is too far from its row's.
    static let escape = 255
    /// Writers make no longer rows, readers accept any.
    static let longestRow = 4096

    /// The bits of a word below its level, without the sign.
    static func shift(_ element: ElementKind) -> Int { element.exponentShift - 2 }

    /// How many levels there are: one for each exponent field and each top two bits of a mantissa.
    static func count(_ element: ElementKind) -> Int {
        1 << ((element.isWidened ? 7 : element.width * 8 - 1) - shift(element))
    }

    /// The bits of a word that are not coded: those below the level, and the sign.
    static func lowWidth(_ element: ElementKind) -> Int { shift(element) + 1 }

    /// The bytes that the low bits of so many words take.
    static func lowLength(_ element: ElementKind, words: Int) -> Int { (words * lowWidth(element) + 7) / 8 }

    /// How far the exponent field of a float32 is above that of the same value in the element, in quarter octaves.
    static func excess(_ element: ElementKind) -> Int {
        switch element {
        case .float16, .float8E5M2: 4 * (127 - 15)
        case .float8E4M3: 4 * (127 - 7)
        default: 0
        }
    }
}

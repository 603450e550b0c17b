import ModmetaFormats

/// How the bytes of a run are rearranged before they are compressed; the raw value is the code on the wire.
///
/// See docs/formats/delta.md, "Filters".
enum RunFilter: UInt8 {
    /// The bytes in order; in the diff block, new - base mod 256.
    case plain = 0
    /// Words in byte planes; in the diff block zigzag(new - base mod 2^w), elsewhere with the sign of floats at the low end.
    case planes = 1
    /// As `planes`, with the words ordered by the exponent of the base; in the diff block only.
    case grouped = 2
    /// Differences coded by rANS, with tables chosen by the row's step beside the base's unit in the last place; in the
    /// diff block only.
    case scaled = 3
    /// Sizes coded by rANS beside the size of their row; outside the diff block only.
    case levelled = 4

    /// Whether a run of these elements can be filtered so.
    func applies(to element: ElementKind, hasBase: Bool) -> Bool {
        switch self {
        case .plain: true
        case .planes: element.width > 1
        case .levelled: !hasBase && element.exponentField != nil
        case .grouped, .scaled: hasBase && element.exponentField != nil
        }
    }
}

/// Where the exponent of a float lies in its word.
struct ExponentField {
    /// The number of bits below the exponent.
    let shift: Int
    /// The number of bits of the exponent.
    let width: Int

    /// The number of different exponents.
    var count: Int { 1 << width }
}

extension ElementKind {
    /// The exponent that differences are grouped by, or nil for elements without one or with too many.
    var exponentField: ExponentField? {
        switch self {
        case .bfloat16: ExponentField(shift: 7, width: 8)
        case .float16: ExponentField(shift: 10, width: 5)
        case .float32: ExponentField(shift: 23, width: 8)
        case .byte, .integer16, .integer32, .integer64, .float64: nil
        }
    }

    /// The bits below the exponent of a float that has an exponent field to group by.
    var exponentShift: Int { exponentField?.shift ?? 0 }

    /// Whether the top bit is a sign that is worth moving below the mantissa.
    var isFloat: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .float64: true
        case .byte, .integer16, .integer32, .integer64: false
        }
    }
}

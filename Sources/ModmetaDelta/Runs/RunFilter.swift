import ModmetaFormats

/// How the bytes of a run are rearranged before they are compressed; the raw value is the code on the wire.
///
/// See docs/formats/delta.md, "Filters".
enum RunFilter: UInt8 {
    /// The bytes in order; in the diff block, new - base mod 256.
    case plain = 0
    /// Words in byte planes; in the diff block zigzag(new - base mod 2^w), elsewhere with the sign of floats at the low end.
    case planes = 1
    // 2 is taken for ever: it was another filter before the first release.
    /// Differences coded by rANS, with tables chosen by the row's step beside the base's unit in the last place; in the
    /// diff block only.
    case scaled = 3
    /// Sizes coded by rANS beside the size of their row; outside the diff block only.
    case levelled = 4
    /// The fields of blocks apart, each in runs of its own.
    case blocks = 5
    /// Floats that are all values of a narrower type, as a run of that type.
    case narrowed = 6

    /// Whether a run of these elements can be filtered so.
    func applies(to element: ElementKind, hasBase: Bool) -> Bool {
        switch self {
        case .plain: true
        case .planes: element.hasPlanes
        case .scaled: hasBase && element.hasSteps
        case .levelled: !hasBase && element.hasLevels
        case .blocks: !element.fields.isEmpty
        case .narrowed: !NarrowFloat.candidates(for: element).isEmpty
        }
    }
}

extension ElementKind {
    /// Whether the element is a number of several bytes, which can be split into planes.
    var hasPlanes: Bool { width > 1 && fields.isEmpty }

    /// Whether the top bit is a sign that is worth moving below the mantissa.
    var isFloat: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .float64: true
        default: false
        }
    }
}

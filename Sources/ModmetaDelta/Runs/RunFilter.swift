import ModmetaFormats

/// How the bytes of a run are rearranged before compression; the raw value is the code on the wire.
///
/// See docs/formats/delta.md, "Filters".
enum RunFilter: UInt8 {
    /// The bytes in order; in the diff block, new - base mod 256.
    case plain = 0
    /// Words in byte planes: zigzag(new - base mod 2^w) in the diff block; elsewhere floats with the sign moved to the
    /// low end.
    case planes = 1
    // 2 is reserved for good: it was another filter before the first release.
    /// Differences coded by rANS, with tables selected by the row's step relative to the base's unit in the last place;
    /// in the diff block only.
    case scaled = 3
    /// Magnitudes coded by rANS relative to the magnitude of their row; outside the diff block only.
    case levelled = 4
    /// The fields of blocks separately, each in runs of its own.
    case blocks = 5
    /// Floats whose values all fit a narrower type, as a run of that type.
    case narrowed = 6

    /// Whether the filter applies to a run of this element.
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
    /// Whether the element is a multi-byte number, which can be split into planes.
    var hasPlanes: Bool { width > 1 && fields.isEmpty }

    /// Whether the top bit is a sign worth moving below the mantissa.
    var isFloat: Bool {
        switch self {
        case .bfloat16, .float16, .float32, .float64: true
        default: false
        }
    }
}

import ModmetaFormats

/// What a run is part of, which says what it may be, so that reading takes bounded memory and depth.
///
/// See docs/formats/delta.md, "Blocks" and "Narrowed".
enum RunContext {
    /// The diff block or the extra block.
    case block
    /// A field of blocks.
    case field
    /// Floats in a narrower type.
    case narrowed(ElementKind)

    /// Whether a run of the element may be here.
    func allows(_ element: ElementKind) -> Bool {
        switch self {
        case .block: true
        case .field: element.fields.isEmpty
        case .narrowed(let narrow): element == narrow
        }
    }
}

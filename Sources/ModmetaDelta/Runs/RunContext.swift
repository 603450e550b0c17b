import ModmetaFormats

/// The place of a run, which limits what it may contain so that decoding has bounded memory and depth.
///
/// See docs/formats/delta.md, "Blocks" and "Narrowed".
enum RunContext {
    /// The diff block or the extra block.
    case block
    /// A field of blocks.
    case field
    /// Floats in a narrower type.
    case narrowed(ElementKind)

    /// Whether a run of the element is allowed here.
    func allows(_ element: ElementKind) -> Bool {
        switch self {
        case .block: true
        case .field: element.fields.isEmpty
        case .narrowed(let narrow): element == narrow
        }
    }
}

import ModmetaFormats

/// The step of a row relative to the unit in the last place of a base word, in quarter octaves.
///
/// index = row code - 2 + column scale - 32 - 4 * exponent field of the base word + offset.
/// See docs/formats/delta.md, "Scaled".
enum ScaleIndex {
    /// Keeps indices non-negative: four times the largest exponent, and the smallest column scale.
    static let offset = 4 * 255 + Directions.neutralScale
    /// All indices are below this.
    static let count = offset + RowCodes.range + Directions.scales - Directions.neutralScale

    /// The number of classes above the lowest index that writers distinguish.
    static let classes = 160

    /// The row's scale minus four times the exponent of a base word, for a row's step of 2^-10 units.
    ///
    /// A scale is the top 11 bits of a float32: four times its exponent field, and a quarter octave in the low bits.
    static func lowest(_ element: ElementKind) -> Int {
        switch element {
        case .bfloat16: -4 * 17
        case .float16: 4 * (127 - 25 - 10)
        case .float8E4M3: 4 * (127 - 10 - 10)
        case .float8E5M2: 4 * (127 - 17 - 10)
        case .packedFloat4: 4 * (127 - 2 - 10)
        case .integer8, .packed4: 4 * (127 - 10)
        default: -4 * (23 + 10)
        }
    }
}

import ModmetaFormats

/// Codes a run of floats of the diff block with the filter `scaled`; owns the memory for it.
///
/// The format is docs/formats/delta.md, "Scaled".
final class ScaledCoder {
    /// What the differences of a run were turned into.
    struct Symbols {
        /// The rows, one code each.
        var rows: [UInt8]
        /// The weight decay that rows with code 1 went through.
        var decay: DecayReplay?
        /// Words of rows that are coded word by word.
        var count: Int
        /// The scale index of class 0.
        var lowest: Int
        /// The bytes of `extraBits` in use.
        var extraLength: Int
    }

    /// The features a run may have, as bits of its first byte.
    enum Feature {
        /// Rows with code 1 are the base's after weight decay.
        static let decay: UInt8 = 1
    }

    let encoder = RansEncoder()
    let decoder = RansDecoder()
    let cost = SymbolCost()
    // For every coded word its class and symbol.
    let codes = ScratchBuffer()
    // Writers: the extra bits. Readers: a copy of them that may be read eight bytes past its end.
    let extraBits = ScratchBuffer()
    // Readers: for every coded word its table, then its symbol.
    let contexts = ScratchBuffer()
    // Two sets of counts, since equal neighbours would wait for each other in one; the second is added to the first.
    let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: 2 * 256 * ScaleIndex.classes)
    // The class or table of every scale index.
    let indexTable = UnsafeMutablePointer<UInt8>.allocate(capacity: ScaleIndex.count)

    deinit {
        counts.deallocate()
        indexTable.deallocate()
    }
}

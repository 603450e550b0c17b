import ModmetaFormats

/// Codes a run of floats of the diff block with the filter `scaled`; owns the memory for it.
///
/// The format is docs/formats/delta.md, "Scaled".
final class ScaledCoder {
    /// What the differences of a run were turned into.
    struct Symbols {
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
        /// Some parts have directions.
        static let directions: UInt8 = 2
    }

    let encoder = RansEncoder()
    let decoder = RansDecoder()
    let cost = SymbolCost()
    // For every coded word its symbol in the low byte and its class above, in 16 bits or, with directions, in 32.
    let codes = ScratchBuffer()
    // Writers: the extra bits. Readers: a copy of them that may be read eight bytes past its end.
    let extraBits = ScratchBuffer()
    // Readers: for every coded word its table, then its symbol.
    let contexts = ScratchBuffer()
    // 256 counts for every class, or for every class of every bucket of predictions.
    let counts = ScratchBuffer()
    // The predictions of a row.
    let predictions = ScratchBuffer()
    // The words of narrow numbers, new and base.
    let widened = ScratchBuffer()
    let widenedBase = ScratchBuffer()
    // Readers: whether each coded word's difference has the opposite sign.
    let signs = ScratchBuffer()
    // The class or table of every scale index, for every bucket of predictions.
    let indexTable = UnsafeMutablePointer<UInt8>.allocate(capacity: Directions.buckets * ScaleIndex.count)

    deinit { indexTable.deallocate() }
}

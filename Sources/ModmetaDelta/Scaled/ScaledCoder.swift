import ModmetaFormats

/// Codes a run of floats in the diff block with the filter `scaled`; owns its scratch memory.
///
/// The format is docs/formats/delta.md, "Scaled".
final class ScaledCoder {
    /// The symbols of a run's differences.
    struct Symbols {
        /// The words in rows coded word by word.
        var count: Int
        /// The scale index of class 0.
        var lowest: Int
        /// The bytes of `extraBits` in use.
        var extraLength: Int
    }

    /// The features of a run, as bits of its first byte.
    enum Feature {
        /// Rows with code 1 equal the base's rows after weight decay.
        static let decay: UInt8 = 1
        /// Some parts have directions.
        static let directions: UInt8 = 2
    }

    let encoder = RansEncoder()
    let decoder = RansDecoder()
    let cost = SymbolCost()
    // The symbol of each coded word in the low byte and its class above, in 16 bits, or in 32 with directions.
    let codes = ScratchBuffer()
    // Encoding: the extra bits. Decoding: a copy of them that is readable for eight bytes past its end.
    let extraBits = ScratchBuffer()
    // Decoding: the table of each coded word, then its symbol.
    let contexts = ScratchBuffer()
    // 256 counts for each class, or for each class of each bucket of predictions.
    let counts = ScratchBuffer()
    // The predictions of a row.
    let predictions = ScratchBuffer()
    // The widened words of narrow numbers, new and base.
    let widened = ScratchBuffer()
    let widenedBase = ScratchBuffer()
    // Decoding: whether to negate the difference of each coded word.
    let signs = ScratchBuffer()
    // The class or table of each scale index, for each bucket of predictions.
    let indexTable = UnsafeMutablePointer<UInt8>.allocate(capacity: Directions.buckets * ScaleIndex.count)

    deinit { indexTable.deallocate() }
}

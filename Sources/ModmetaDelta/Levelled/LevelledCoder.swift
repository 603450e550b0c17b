/// Codes a run of floats in the extra block with the filter `levelled`; owns its scratch memory.
///
/// The format is docs/formats/delta.md, "Levelled".
final class LevelledCoder {
    let encoder = RansEncoder()
    let decoder = RansDecoder()
    let cost = SymbolCost()
    // Encoding: the symbol of each word.
    let codes = ScratchBuffer()
    // Decoding: the symbol of each word.
    let symbols = ScratchBuffer()
    // The widened words of narrow numbers.
    let widened = ScratchBuffer()
    // The low bits of all words, with eight bytes to spare.
    let lowBits = ScratchBuffer()
}

/// Codes a run of floats of the extra block with the filter `levelled`; owns the memory for it.
///
/// The format is docs/formats/delta.md, "Levelled".
final class LevelledCoder {
    let encoder = RansEncoder()
    let decoder = RansDecoder()
    let cost = SymbolCost()
    // Writers: for every word its symbol.
    let codes = ScratchBuffer()
    // Readers: for every word its symbol.
    let symbols = ScratchBuffer()
    // The words of narrow numbers.
    let widened = ScratchBuffer()
    // The low bits of all words, and eight bytes.
    let lowBits = ScratchBuffer()
}

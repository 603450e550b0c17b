import ModmetaFormats

/// The constants of the payload format, docs/formats/payload.md.
enum PayloadFormat {
    /// The magic: "mmpl".
    static let magic: [UInt8] = [0x6D, 0x6D, 0x70, 0x6C]
    /// The version this program reads and writes.
    static let version: UInt8 = 1
    /// The longest base, in bytes.
    static let maximumBase = 4 * ChunkLimits.maximum
    /// The most bytes that a triple of three numbers takes.
    static let maximumTripleLength = 27
}

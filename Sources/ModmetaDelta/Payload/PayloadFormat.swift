import ModmetaFormats

/// The constants of the payload format, docs/formats/payload.md.
enum PayloadFormat {
    /// The first bytes of every payload: "mmpl".
    static let magic: [UInt8] = [0x6D, 0x6D, 0x70, 0x6C]
    /// The version this program reads and writes.
    static let version: UInt8 = 1
    /// No base is longer.
    static let maximumBase = 4 * ChunkLimits.maximum
    /// A triple of three numbers takes at most this many bytes.
    static let maximumTripleLength = 27
}

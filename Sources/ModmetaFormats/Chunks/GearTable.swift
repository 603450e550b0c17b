/// The 256 addends of the rolling hash of `ContentDefinedChunker`.
///
/// Number i is the first 8 bytes, little-endian, of the SHA-256 of the ASCII text `modmeta gear 1` followed by the byte
/// i; see docs/formats/chunks.md. Changing one number moves every cut.
enum GearTable {
    /// The numbers.
    static let values: [UInt64] = (0...UInt8.max).map { index in
        SHA256.hash(Array("modmeta gear 1".utf8) + [index]).bytes.prefix(8).reversed()
            .reduce(0) { $0 << 8 | UInt64($1) }
    }
}

package import ModmetaFormats

/// From which sizes on files are divided; the simulator makes them small, so that small files have many chunks.
package struct TransferSizes: Sendable {
    /// Where files with tensors are cut.
    package var chunks: ChunkSizes
    /// Files smaller than this are stored whole where they have no base, in bytes.
    package var wholeLimit: UInt64

    /// The sizes that stores are filled with.
    package static let standard = TransferSizes(chunks: .standard, wholeLimit: 256 << 10)

    /// Creates sizes.
    package init(chunks: ChunkSizes, wholeLimit: UInt64) {
        self.chunks = chunks
        self.wholeLimit = wholeLimit
    }
}

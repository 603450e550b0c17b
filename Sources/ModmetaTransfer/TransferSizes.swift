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

extension TransferContext {
    /// By which sizes an object's file is cut.
    ///
    /// On a slow line chunks are small, as a payload that breaks off is lost, and one that takes longer than the line holds
    /// never arrives. What an interrupted push has sent stays sent: it is gone on with as it was begun.
    ///
    /// - Parameter starts: where the chunks begin that an interrupted push has sent.
    func chunkSizes(resuming starts: Set<UInt64>, layout: Layout) -> ChunkSizes {
        guard sizes.chunks == .standard else { return sizes.chunks }
        if !starts.isEmpty {
            let known = { (sizes: ChunkSizes) in
                ChunkPlanner.plan(layout, sizes: sizes).count { starts.contains($0.range.lowerBound) }
            }
            return known(.slow) > known(.standard) ? .slow : .standard
        }
        let line = sending.state
        return line.isSlow && line.rate < Self.slowRate ? .slow : .standard
    }

    /// Below this many bytes a second one payload of usual size takes more than ten seconds, with two under way.
    private static let slowRate = 1e6
}

internal import ModmetaDelta
internal import ModmetaFormats
internal import Synchronization

/// How many bytes may be decoded and copied to rebuild the chunks of a file: docs/limits.md.
///
/// A manifest of a few kilobytes can ask for hours: each entry of a long chain may have 16 MiB and serve one byte.
final class RebuildBudget: Sendable {
    /// The bytes of work for each byte of the file: twice the deepest chain there may be.
    private static let factor = 2.0 * Double(Manifest.Limits.depth)
    /// What any file may take.
    private static let base = 4 << 30

    /// The bytes of work in all.
    let limit: Int
    private let left: Mutex<Int>

    init(fileLength: Double) {
        limit = RebuildBudget.base + Int(min(fileLength * RebuildBudget.factor, Double(Int64.max / 4)))
        left = Mutex(limit)
    }

    /// Takes some bytes of work off the budget; false where it has not as many.
    func pays(_ bytes: Int) -> Bool {
        left.withLock { left in
            left -= min(left, bytes)
            return left > 0
        }
    }
}

/// Rebuilding in the order of entries, where going from each entry to its bases would take it up again and again.
extension ChunkRebuilder {
    /// Entries that take more payloads than this without anything kept are rebuilt in order; a chain of versions takes fewer.
    static let recursionLimit = 64
    /// The most raw bytes that wait for their last use.
    static let heldLimit = 256 << 20

    /// How many payloads each entry takes if nothing is kept; of 2^20 or more it does not matter how many.
    static func effort(of entries: [Manifest.Entry]) -> [Int] {
        var effort: [Int] = []
        effort.reserveCapacity(entries.count)
        for entry in entries {
            effort.append(
                entry.base.reduce(1) { sum, base in
                    sum > 1 << 20 || base.entry >= effort.count ? sum : sum + effort[base.entry]
                })
        }
        return effort
    }

    /// Rebuilds what an entry is rebuilt from, each entry once, and keeps each until its last use.
    func rebuildBases(of index: Int, into fetched: inout FetchedPayloads, codec: ChunkCodec) async throws {
        let order = missingPayloads(for: index).sorted()
        var uses: [Int: Int] = [:]
        for entry in order { for base in Set(entries[entry].base.map(\.entry)) { uses[base, default: 0] += 1 } }
        var held = 0
        for entry in order where entry != index {
            if fetched.rebuilt[entry] == nil {
                fetched.rebuilt[entry] = try await rebuiltBytes(of: entry, fetched: fetched, codec: codec)
                held += entries[entry].rawLength
            }
            guard held <= ChunkRebuilder.heldLimit else {
                throw excessive("it takes more than \(ChunkRebuilder.heldLimit) bytes of memory")
            }
            for base in Set(entries[entry].base.map(\.entry)) {
                uses[base, default: 0] -= 1
                guard uses[base] == 0, let bytes = fetched.rebuilt.removeValue(forKey: base) else { continue }
                held -= bytes.count
            }
        }
    }
}

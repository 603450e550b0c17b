internal import ModmetaFormats

/// Hashes of pieces of a file's largest tensors, by which agents tell that two files hold the same ones.
///
/// Names and shapes say what is alike: each of a hundred adapters is. Equal pieces are only in the same tensors once more, as
/// in another format of a checkpoint, whatever the file calls them.
struct ContentSample: Equatable, Sendable {
    /// How many tensors are looked at.
    static let limit = 64
    /// How much of each is hashed, in bytes.
    private static let pieceLength: UInt64 = 4096
    /// The share of equal pieces that makes two files the same tensors in other formats.
    static let twinShare = 0.75

    /// The hashes, ascending, without repetition.
    let hashes: [UInt64]

    /// Takes hashes that were announced; nil if they are none of a sample's.
    init?(hashes: [UInt64]) {
        guard hashes.count <= Self.limit, zip(hashes, hashes.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        self.hashes = hashes
    }

    /// Reads a file's sample; that of a file without tensors is empty.
    init(of layout: Layout, in file: LocalFile) throws {
        var pieces: Set<ChunkID> = []
        for tensor in Self.largest(of: layout) {
            let length = tensor.length
            // The middle: what is said of a tensor's start is more often padding.
            let begin = tensor.range.lowerBound + (length - min(length, Self.pieceLength)) / 2
            let piece = try file.read(at: begin, count: Int(min(length, Self.pieceLength)))
            // Zeros say nothing.
            guard let first = piece.first, piece.contains(where: { $0 != first }) else { continue }
            pieces.insert(ChunkID(SHA256.hash(piece)))
        }
        hashes = Sketch.features(of: pieces).sorted()
    }

    /// The tensors that most of the file's bytes are in; among equally large ones the choice is the same in all formats.
    private static func largest(of layout: Layout) -> [Layout.Tensor] {
        let sizes = layout.tensors.map(\.length).sorted(by: >)
        guard sizes.count > limit else { return layout.tensors }
        let least = sizes[limit - 1]
        let larger = layout.tensors.filter { $0.length > least }
        let equal = layout.tensors.filter { $0.length == least }
            .map { (tensor: $0, feature: Sketch.feature(of: $0)) }.sorted { $0.feature < $1.feature }
        return larger + equal.prefix(limit - larger.count).map(\.tensor)
    }

    /// Whether another file has nearly all of the same pieces.
    func isTwin(of other: ContentSample) -> Bool {
        let most = max(hashes.count, other.hashes.count)
        let common = Set(hashes).intersection(other.hashes).count
        return most > 0 && Double(common) >= Self.twinShare * Double(most)
    }
}

extension Layout.Tensor {
    /// The tensor's bytes.
    fileprivate var length: UInt64 { range.upperBound - range.lowerBound }
}

internal import ModmetaFormats

/// One chunk of an object and where the parts of it that are wanted go.
struct TensorPiece: Sendable {
    /// A run of wanted bytes.
    struct Part: Sendable {
        /// Where it starts in the chunk.
        var source: Int
        var length: Int
        /// Where it goes in the file that is made.
        var target: UInt64
    }

    /// Which selection the chunk belongs to.
    var selection: Int
    /// The entry of the manifest that is the chunk.
    var entry: Int
    var parts: [Part]

    var byteCount: UInt64 { parts.reduce(0) { $0 + UInt64($1.length) } }

    /// The chunks that hold the tensors of selections, each once; the tensors go one behind the other.
    static func all(of selections: [TensorSelection], from start: UInt64) -> [TensorPiece] {
        var pieces: [TensorPiece] = []
        var target = start
        for (number, selection) in selections.enumerated() {
            var places: [Int: Int] = [:]
            for tensor in selection.tensors {
                for segment in selection.base?.segments(of: tensor.range) ?? [] {
                    let place = places[segment.entry] ?? pieces.count
                    if place == pieces.count {
                        places[segment.entry] = place
                        pieces.append(TensorPiece(selection: number, entry: segment.entry, parts: []))
                    }
                    pieces[place].parts.append(
                        Part(source: segment.offset, length: segment.length, target: target))
                    target += UInt64(segment.length)
                }
            }
        }
        return pieces
    }
}

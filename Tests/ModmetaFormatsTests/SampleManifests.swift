import ModmetaFormats
import ModmetaTesting

/// Manifests with the values of the files under Fixtures/v1, and random valid ones.
enum SampleManifests {
    static let byName: [String: Manifest] = [
        "one-raw-chunk": oneRawChunk, "tensors": tensors, "delta-chain": deltaChain,
    ]

    private static func digest(_ byte: UInt8) -> Digest { Digest(bytes: [UInt8](repeating: byte, count: 32))! }

    /// Five opaque bytes in one raw payload.
    static let oneRawChunk = Manifest(
        object: ObjectID(digest(0x11)), layout: .opaque(size: 5),
        entries: [
            .init(
                payload: PayloadID(digest(0x22)), payloadLength: 5, chunk: ChunkID(digest(0x22)), rawLength: 5,
                encoding: .raw)
        ],
        chunks: [0])

    /// A safetensors file of 3000 bytes; its second chunk occurs twice.
    static let tensors = Manifest(
        object: ObjectID(digest(0x11)),
        layout: Layout(
            format: .safetensors, size: 3000,
            tensors: [
                .init(name: "layer.0.bias", dtype: "F32", element: .float32, shape: [50], range: 200..<400),
                .init(name: "layer.0.weight", dtype: "BF16", element: .bfloat16, shape: [10, 130], range: 400..<3000),
                .init(name: "scale", dtype: "F32", element: .float32, shape: [0], range: 3000..<3000),
            ]),
        entries: [
            .init(
                payload: PayloadID(digest(0x33)), payloadLength: 300, chunk: ChunkID(digest(0x22)), rawLength: 1000,
                encoding: .full),
            .init(
                payload: PayloadID(digest(0x44)), payloadLength: 1000, chunk: ChunkID(digest(0x44)), rawLength: 1000,
                encoding: .raw),
        ],
        chunks: [1, 0, 1])

    /// A chunk based on an older one, which is based on the full one.
    static let deltaChain = Manifest(
        object: ObjectID(digest(0x11)), layout: .opaque(size: 300),
        entries: [
            .init(
                payload: PayloadID(digest(0x55)), payloadLength: 200, chunk: ChunkID(digest(0x22)), rawLength: 280,
                encoding: .full),
            .init(
                payload: PayloadID(digest(0x66)), payloadLength: 20, chunk: ChunkID(digest(0x33)), rawLength: 290,
                encoding: .delta, generation: 1, base: [.init(entry: 0, offset: 0, length: 280)]),
            .init(
                payload: PayloadID(digest(0x77)), payloadLength: 30, chunk: ChunkID(digest(0x44)), rawLength: 300,
                encoding: .delta, generation: 2,
                base: [.init(entry: 1, offset: 10, length: 150), .init(entry: 0, offset: 150, length: 130)]),
        ],
        chunks: [2])

    /// Creates the valid manifest of a seed.
    static func random(seed: UInt64) -> Manifest {
        var generator = SeededRandom(seed: seed)
        func random() -> Digest {
            Digest(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })!
        }
        var entries: [Manifest.Entry] = []
        for index in 0..<Int.random(in: 1...12, using: &generator) {
            let length = Int.random(in: 1...ChunkLimits.maximum, using: &generator)
            let (chunk, payload) = (random(), random())
            let kind: Manifest.Encoding = [.raw, .full, .delta][
                Int.random(in: 0...(index > 0 ? 2 : 1), using: &generator)]
            var entry = Manifest.Entry(
                payload: PayloadID(kind == .raw ? chunk : payload),
                payloadLength: kind == .raw ? length : length / 2 + 1,
                chunk: ChunkID(chunk), rawLength: length, encoding: kind)
            if kind == .delta {
                entry.generation = Int.random(in: 1...65_535, using: &generator)
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let base = Int.random(in: 0..<index, using: &generator)
                    let offset = Int.random(in: 0..<entries[base].rawLength, using: &generator)
                    let rest = entries[base].rawLength - offset
                    entry.base.append(
                        .init(entry: base, offset: offset, length: Int.random(in: 1...rest, using: &generator)))
                }
            }
            entries.append(entry)
        }
        let chunks = Array(entries.indices).shuffled(using: &generator) + [0]
        let size = chunks.reduce(UInt64(0)) { $0 + UInt64(entries[$1].rawLength) }
        var layout = RandomLayout.make(seed: seed)
        while let last = layout.tensors.last, last.range.upperBound > size { layout.tensors.removeLast() }
        layout.size = size
        return Manifest(object: ObjectID(random()), layout: layout, entries: entries, chunks: chunks)
    }
}

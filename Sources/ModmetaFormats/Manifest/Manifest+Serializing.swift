extension Manifest {
    /// Returns the manifest's only encoding, as described in docs/formats/manifest.md.
    ///
    /// The manifest must be valid; see `validate()`. A result longer than `Limits.length` cannot be read back.
    public func serialized() -> [UInt8] {
        var bytes = ManifestFormat.magic
        bytes.reserveCapacity(256 + 24 * layout.tensors.count + 96 * entries.count + chunks.count)
        bytes.append(ManifestFormat.version)
        bytes.append(object.digest)
        layout.append(to: &bytes)
        bytes.append(number: entries.count)
        for (index, entry) in entries.enumerated() { entry.append(to: &bytes, index: index) }
        bytes.append(number: chunks.count)
        var expected = 0
        for chunk in chunks {
            bytes.append(number: ZigZag(Int64(chunk - expected)).unsigned)
            expected = chunk + 1
        }
        bytes.append(SHA256.hash(bytes))
        return bytes
    }
}

extension Layout {
    /// Appends format, size, type table and tensors.
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(format.rawValue)
        bytes.append(number: size)
        var types = LayoutTypes()
        let indexes = tensors.map { types.index(of: LayoutTypes.Pair(dtype: $0.dtype, element: $0.element)) }
        bytes.append(number: types.pairs.count)
        for type in types.pairs {
            bytes.append(number: type.dtype.utf8.count)
            bytes.append(contentsOf: type.dtype.utf8)
            bytes.append(type.element.rawValue)
        }
        bytes.append(number: tensors.count)
        var name: [UInt8] = []
        var covered: UInt64 = 0
        for (tensor, type) in zip(tensors, indexes) {
            let next = Array(tensor.name.utf8)
            let shared = zip(name, next).prefix { $0 == $1 }.count
            bytes.append(number: shared)
            bytes.append(number: next.count - shared)
            bytes.append(contentsOf: next[shared...])
            bytes.append(number: type)
            bytes.append(number: tensor.shape.count)
            for extent in tensor.shape { bytes.append(number: extent) }
            bytes.append(number: tensor.range.lowerBound - covered)
            bytes.append(number: tensor.range.upperBound - tensor.range.lowerBound)
            name = next
            covered = tensor.range.upperBound
        }
    }
}

/// The unique pairs of dtype and element kind of a layout, in order of first use.
private struct LayoutTypes {
    /// One pair.
    struct Pair: Hashable {
        /// The dtype as the file format spells it.
        let dtype: String
        /// How the bytes divide into numbers.
        let element: ElementKind
    }

    /// The pairs.
    private(set) var pairs: [Pair] = []
    private var indexes: [Pair: Int] = [:]

    /// Returns the index of a pair, which is added if it is new.
    mutating func index(of pair: Pair) -> Int {
        if let index = indexes[pair] { return index }
        indexes[pair] = pairs.count
        pairs.append(pair)
        return pairs.count - 1
    }
}

extension Manifest.Entry {
    /// Appends the description of a payload, without what the encoding implies.
    fileprivate func append(to bytes: inout [UInt8], index: Int) {
        bytes.append(encoding.rawValue)
        bytes.append(chunk.digest)
        bytes.append(number: rawLength)
        guard encoding != .raw else { return }
        bytes.append(payload.digest)
        bytes.append(number: payloadLength)
        guard encoding == .delta else { return }
        bytes.append(number: generation)
        bytes.append(number: base.count)
        for segment in base {
            bytes.append(number: index - segment.entry)
            bytes.append(number: segment.offset)
            bytes.append(number: segment.length)
        }
    }
}

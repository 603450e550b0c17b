/// The `.metadata` file of a torch.distributed.checkpoint checkpoint, which maps parts of tensors to files.
///
/// It is a pickle, interpreted symbolically like those in archives; see docs/formats/distcp.md, "The metadata".
public struct DistributedMetadata: Hashable, Sendable {
    /// The name of the file.
    public static let fileName = ".metadata"

    /// A byte range that holds a part of a tensor or something else.
    public struct Item: Hashable, Sendable {
        /// The fully qualified name of the tensor or other object.
        public var name: String
        /// The start of the part in the tensor, outermost dimension first; nil if it is not a tensor.
        public var offsets: [UInt64]?
        /// The name of the file.
        public var file: String
        /// The byte range in the file.
        public var range: Range<UInt64>
    }

    /// A tensor with all its parts.
    public struct Tensor: Hashable, Sendable {
        /// The fully qualified name.
        public var name: String
        /// The dimensions of the whole tensor, outermost first.
        public var shape: [UInt64]
        /// The start and shape of each part.
        public var parts: [Part]
    }

    /// A box within a tensor.
    public struct Part: Hashable, Sendable {
        /// The start, outermost dimension first.
        public var offsets: [UInt64]
        /// The dimensions.
        public var shape: [UInt64]
    }

    /// The byte ranges, in the order of the pickle.
    public private(set) var items: [Item] = []
    /// The tensors, in the order of the pickle.
    public private(set) var tensors: [Tensor] = []

    /// The names of the files, unique and sorted.
    public var files: [String] { Set(items.map { ByteString($0.file) }).sorted().map(\.text) }

    /// Parses a `.metadata` file.
    ///
    /// - Throws: `malformed` if the pickle cannot be interpreted, is not a checkpoint's metadata, or names a file
    ///   outside the checkpoint's directory; `limitExceeded` if it is too long.
    public init(parsing bytes: [UInt8]) throws(FormatError) {
        guard UInt64(bytes.count) <= PyTorchLayout.pickleLimit else {
            throw FormatError(
                .limitExceeded,
                "the pickle has \(bytes.count) bytes, more than the limit of \(PyTorchLayout.pickleLimit)",
                offset: 0)
        }
        var machine = PickleMachine(ByteReader(bytes))
        let root = try machine.run()
        let graph = machine.graph
        var budget = ParseBudget("the pickle", inputLength: bytes.count)
        guard let fields = try graph.fields(of: root, &budget), let data = fields["storage_data"] else {
            throw FormatError(.malformed, "the pickle has no storage_data, so it is not checkpoint metadata", offset: 0)
        }
        for (key, value) in graph.pairs(of: data) { items.append(try Item(key: key, value: value, in: graph, &budget)) }
        guard let whole = fields["state_dict_metadata"] else { return }
        for (key, value) in graph.pairs(of: whole) {
            guard let name = graph.text(key), let tensor = try Tensor(name: name, value, in: graph, &budget) else {
                continue
            }
            tensors.append(tensor)
        }
    }
}

extension DistributedMetadata.Item {
    /// Reads an entry of `storage_data`: `MetadataIndex` to `_StorageInfo`.
    fileprivate init(
        key: PickleGraph.ID, value: PickleGraph.ID, in graph: PickleGraph, _ budget: inout ParseBudget
    ) throws(FormatError) {
        let index = try graph.fields(of: key, &budget) ?? [:]
        let info = try graph.fields(of: value, &budget) ?? [:]
        guard let name = index["fqn"].flatMap({ graph.text($0) }),
            let file = info["relative_path"].flatMap({ graph.text($0) }),
            let offset = info["offset"].flatMap({ graph.unsigned($0) }),
            let length = info["length"].flatMap({ graph.unsigned($0) })
        else { throw FormatError(.malformed, "an entry of storage_data does not say where its bytes are", offset: 0) }
        guard !file.isEmpty, !file.hasBytePrefix("."), file.utf8.count <= 255,
            !file.utf8.contains(where: { $0 == 0x2F || $0 == 0x5C || $0 < 0x20 })
        else {
            throw FormatError(
                .malformed, "the metadata names \(QuotedName(file)), which is not a file in its own directory",
                offset: 0)
        }
        let (end, overflow) = offset.addingReportingOverflow(length)
        guard !overflow else {
            throw FormatError(
                .malformed, "the end of the bytes of \(QuotedName(name)) does not fit in 64 bits", offset: 0)
        }
        (self.name, self.file, range) = (name, file, offset..<end)
        offsets = index["offset"].flatMap { graph.extents($0) }
    }
}

extension DistributedMetadata.Tensor {
    /// Reads a `TensorStorageMetadata`; nil if the value is not a tensor.
    fileprivate init?(
        name: String, _ value: PickleGraph.ID, in graph: PickleGraph, _ budget: inout ParseBudget
    ) throws(FormatError) {
        guard let fields = try graph.fields(of: value, &budget), let size = fields["size"],
            let shape = graph.extents(size),
            let chunks = fields["chunks"]
        else { return nil }
        (self.name, self.shape, parts) = (name, shape, [])
        for chunk in graph[chunks].children {
            guard let part = try graph.fields(of: chunk, &budget),
                let offsets = part["offsets"].flatMap({ graph.extents($0) }),
                let sizes = part["sizes"].flatMap({ graph.extents($0) }), offsets.count == sizes.count
            else { return nil }
            parts.append(DistributedMetadata.Part(offsets: offsets, shape: sizes))
        }
    }

    /// Whether the parts have as many elements as the tensor; nil if a count does not fit in 64 bits.
    public var isComplete: Bool? {
        func count(_ shape: [UInt64]) -> UInt64? {
            shape.reduce(UInt64(1)) { product, extent in
                product.flatMap { value in
                    let (next, overflow) = value.multipliedReportingOverflow(by: extent)
                    return overflow ? nil : next
                }
            }
        }
        var sum: UInt64 = 0
        for part in parts {
            guard let elements = count(part.shape) else { return nil }
            let (next, overflow) = sum.addingReportingOverflow(elements)
            guard !overflow else { return nil }
            sum = next
        }
        return count(shape).map { $0 == sum }
    }
}

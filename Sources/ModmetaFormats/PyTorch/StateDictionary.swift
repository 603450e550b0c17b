/// The tensors of a PyTorch file that holds tensors by name and nothing else, as `torch.save(model.state_dict())`
/// writes it.
///
/// A `Layout` assigns each byte of the file to one tensor. This returns all elements of each tensor, even if tensors
/// share memory or are strided: docs/formats/pytorch.md, "State dictionaries".
public struct StateDictionary: Sendable {
    /// A tensor as a view of a byte range in the file.
    public struct View: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The element type, as spelled in safetensors.
        public var dtype: String
        /// The bytes of one element.
        public var width: UInt64
        /// The dimensions in elements, outermost first; empty for a scalar.
        public var shape: [UInt64]
        /// The distance between neighbours along each dimension, in elements.
        public var strides: [UInt64]
        /// The byte range from the first element to the last.
        public var range: Range<UInt64>
        /// Whether the elements are contiguous in the order of their indices, so that the range is exactly the tensor.
        public var isContiguous: Bool
        /// The dimensions as safetensors counts them: an element that packs two numbers counts as two.
        public var numbers: [UInt64]
        /// The bytes of all elements; nil if the number does not fit in 64 bits.
        public var byteCount: UInt64? {
            var count = width
            for extent in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: extent)
                if overflow { return shape.contains(0) ? 0 : nil }
                count = product
            }
            return count
        }
    }

    /// The tensors in the order of the file, with unique names.
    public let views: [View]

    /// Reads a file; nil if it is not a PyTorch file, breaks a rule, or holds anything besides tensors by name.
    ///
    /// - Throws: the errors of the source.
    public init?(reading source: some ByteSource) throws {
        do {
            guard let views = try StateDictionary.views(source) else { return nil }
            self.views = views
        } catch is FormatError {
            return nil
        }
    }

    private static func views(_ source: some ByteSource) throws -> [View]? {
        let prefix = try source.read(0..<min(source.size, UInt64(FileKind.sniffLength)))
        guard FileKind(prefix: prefix, fileSize: source.size) == .zip else { return nil }
        let directory = try ZipDirectory(parsing: source)
        guard let root = PyTorchLayout.root(of: directory) else { return nil }
        let archive = try PyTorchArchive(directory, root: root, source)
        let (graph, pickle) = try archive.pickle()
        let plain = PlainTensor(graph: graph)
        guard archive.isAlone, plain.importsOnlyTensors, graph.replacedStates.isEmpty,
            let members = members(of: pickle, in: graph)
        else { return nil }
        var views: [View] = []
        var names: Set<ByteString> = []
        for (name, value) in members {
            guard names.insert(ByteString(name)).inserted, let tensor = plain.tensor(value, name: name),
                let view = try view(of: tensor, in: archive.data(tensor.storage.key))
            else { return nil }
            views.append(view)
        }
        return views.isEmpty ? nil : views
    }

    /// The keys and values of a flat dictionary with string keys, ordered or not.
    private static func members(of id: PickleGraph.ID, in graph: PickleGraph) -> [(String, PickleGraph.ID)]? {
        let node = graph[id]
        let pairs: ArraySlice<PickleGraph.ID>
        switch node.kind {
        case .dictionary where node.state == nil: pairs = node.children[...]
        case .call where PlainTensor(graph: graph).isOrderedDictionary(id):
            guard node.hasPairs || node.children.count == 2, holdsMetadataOnly(node.state, in: graph) else {
                return nil
            }
            pairs = node.children.dropFirst(2)
        default: return nil
        }
        var members: [(String, PickleGraph.ID)] = []
        var index = pairs.startIndex
        while index + 1 < pairs.endIndex {
            guard let name = graph.text(pairs[index]) else { return nil }
            members.append((name, pairs[index + 1]))
            index += 2
        }
        return members
    }

    /// Whether a dictionary has no attributes, or only the module versions that `state_dict()` leaves in `_metadata`.
    private static func holdsMetadataOnly(_ state: PickleGraph.ID?, in graph: PickleGraph) -> Bool {
        guard let state else { return true }
        return graph[state].kind == .dictionary
            && graph.pairs(of: state).allSatisfy { graph.text($0.key)?.hasSameBytes(as: "_metadata") == true }
    }

    private static func view(of tensor: PyTorchTensor, in data: Range<UInt64>) throws(FormatError) -> View? {
        let placement = PyTorchPlacement()
        try placement.check(tensor, in: data)
        // Neither product overflows: the tensor is known to be within its storage.
        let start = data.lowerBound + (tensor.isEmpty ? 0 : tensor.offset * tensor.type.width)
        let end = tensor.isEmpty ? start : data.lowerBound + (tensor.end ?? 0) * tensor.type.width
        let isContiguous = tensor.isEmpty || tensor.isContiguous
        return View(
            name: tensor.name, dtype: tensor.type.dtype, width: tensor.type.width, shape: tensor.shape,
            strides: tensor.strides, range: start..<end, isContiguous: isContiguous,
            numbers: tensor.type.numbers(in: tensor.shape) ?? tensor.shape)
    }
}

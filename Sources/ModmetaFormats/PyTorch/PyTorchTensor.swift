/// A tensor of a pickle: a view of a storage that is kept outside of it.
struct PyTorchTensor {
    /// A run of numbers in memory, kept as one file of the archive.
    struct Storage: Hashable {
        /// The name of its file in the archive's `data` folder.
        let key: String
        /// The elements the pickle says it has.
        let count: UInt64
        /// What its class says the elements are.
        let type: PyTorchElementType
    }

    /// Where the pickle keeps the tensor: the keys and indices that lead to it, with dots between.
    var name: String
    /// The memory it is a view of.
    var storage: Storage
    /// What its elements are; usually what the storage's are.
    var type: PyTorchElementType
    /// The element of the storage it starts at.
    var offset: UInt64
    /// The extents, outermost first.
    var shape: [UInt64]
    /// How many elements of the storage lie between neighbours along each dimension.
    var strides: [UInt64]

    /// Whether it has no elements.
    var isEmpty: Bool { shape.contains(0) }

    /// Whether its elements lie one behind the other in the order of its indices.
    var isContiguous: Bool {
        var expected: UInt64 = 1
        for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
            guard stride == expected else { return false }
            let (next, overflow) = expected.multipliedReportingOverflow(by: extent)
            guard !overflow else { return false }
            expected = next
        }
        return true
    }

    /// The element of the storage behind its last one; nil if 64 bits do not hold it.
    var end: UInt64? {
        guard !isEmpty else { return offset }
        var last = offset
        for (extent, stride) in zip(shape, strides) {
            let (span, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, sumOverflow) = last.addingReportingOverflow(span)
            guard !overflow, !sumOverflow else { return nil }
            last = sum
        }
        let (end, overflow) = last.addingReportingOverflow(1)
        return overflow ? nil : end
    }
}

extension PyTorchTensor {
    /// Reads a tensor from the call that would rebuild it; nil if the call rebuilds none.
    ///
    /// Any function that is given a storage, an offset, a size and a stride rebuilds a tensor, whatever its name is.
    init?(_ id: PickleGraph.ID, name: String, in graph: PickleGraph) {
        let arguments = graph.arguments(of: id)
        guard arguments.count >= 4, let storage = Storage(arguments[0], in: graph),
            let offset = graph.unsigned(arguments[1]),
            let shape = graph.extents(arguments[2]),
            let strides = graph.extents(arguments[3]), strides.count == shape.count
        else { return nil }
        // Newer types have no storage class of their own: a storage of bytes and the type beside it.
        let named = arguments.dropFirst(4).lazy
            .compactMap { graph.global($0) }.first { $0.module.hasSameBytes(as: "torch") }
            .flatMap { PyTorchElementType(torchName: $0.name) }
        self.init(
            name: name, storage: storage, type: named ?? storage.type, offset: offset, shape: shape, strides: strides)
    }
}

extension PyTorchTensor.Storage {
    /// Reads a storage from its persistent id: `('storage', class, key, location, count)`.
    init?(_ id: PickleGraph.ID, in graph: PickleGraph) {
        let node = graph[id]
        guard node.kind == .persistent, let pid = node.children.first else { return nil }
        let parts = graph[pid].children
        guard parts.count >= 5, graph.text(parts[0])?.hasSameBytes(as: "storage") == true,
            let kind = graph.global(parts[1]),
            let key = graph.text(parts[2]), let count = graph.unsigned(parts[4])
        else { return nil }
        self.key = key
        self.count = count
        type = PyTorchElementType(storageClass: kind.name) ?? .bytes
    }
}

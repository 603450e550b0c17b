/// A tensor in a pickle: a view of a storage outside the pickle.
struct PyTorchTensor {
    /// A run of numbers in memory, stored as one file of the archive.
    struct Storage: Hashable {
        /// The name of its file in the archive's `data` folder.
        let key: String
        /// The number of elements according to the pickle.
        let count: UInt64
        /// The element type according to its class.
        let type: PyTorchElementType
    }

    /// The path to the tensor in the pickle: keys and indices, joined with dots.
    var name: String
    /// The memory it is a view of.
    var storage: Storage
    /// The element type; usually that of the storage.
    var type: PyTorchElementType
    /// The first element in the storage.
    var offset: UInt64
    /// The dimensions, outermost first.
    var shape: [UInt64]
    /// The distance between neighbours along each dimension, in elements of the storage.
    var strides: [UInt64]

    /// Whether it has no elements.
    var isEmpty: Bool { shape.contains(0) }

    /// Whether the elements are contiguous, in the order of their indices.
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

    /// The element of the storage after the last one; nil if it does not fit in 64 bits.
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
    /// Reads a tensor from the call that would rebuild it; nil for any other call.
    ///
    /// Any function called with a storage, an offset, a size and a stride rebuilds a tensor, whatever its name.
    init?(_ id: PickleGraph.ID, name: String, in graph: PickleGraph) {
        let arguments = graph.arguments(of: id)
        guard arguments.count >= 4, let storage = Storage(arguments[0], in: graph),
            let offset = graph.unsigned(arguments[1]),
            let shape = graph.extents(arguments[2]),
            let strides = graph.extents(arguments[3]), strides.count == shape.count
        else { return nil }
        // Newer types have no storage class of their own but a byte storage and a separate type.
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

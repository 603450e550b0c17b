/// Access to the contents of objects, for readers that know what to expect.
extension PickleGraph {
    /// The keys and values of a dictionary or of a mapping returned by a call; empty for other objects.
    func pairs(of id: ID) -> [(key: ID, value: ID)] {
        let node = self[id]
        let members: ArraySlice<ID>
        switch node.kind {
        case .dictionary: members = node.children[...]
        case .call where node.hasPairs: members = node.children.dropFirst(2)
        default: return []
        }
        var pairs: [(ID, ID)] = []
        var index = members.startIndex
        while index + 1 < members.endIndex {
            pairs.append((members[index], members[index + 1]))
            index += 2
        }
        return pairs
    }

    /// The arguments of a call; empty for other objects.
    ///
    /// A call with a function, a type and a tuple calls that function with the tuple and converts the result to the
    /// type: PyTorch writes tensors with attributes or a custom class this way.
    func arguments(of call: ID) -> [ID] {
        let node = self[call]
        guard node.kind == .call, node.children.count >= 2 else { return [] }
        let arguments = self[node.children[1]].children
        guard arguments.count >= 3, global(arguments[0]) != nil, global(arguments[1]) != nil,
            self[arguments[2]].kind == .tuple
        else { return arguments }
        return self[arguments[2]].children
    }

    /// The attributes in an object's state, or the values of a dictionary, by name; nil if there are none.
    ///
    /// - Parameter budget: charged for each, because thousands of objects may share one state.
    func fields(of id: ID, _ budget: inout ParseBudget) throws(FormatError) -> [ByteString: ID]? {
        let source = self[id].state ?? id
        try budget.charge(32 * self[source].children.count, at: 0)
        let pairs = pairs(of: source).compactMap { pair in text(pair.key).map { (ByteString($0), pair.value) } }
        return pairs.isEmpty ? nil : Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }

    /// Dimensions: a tuple or list of integers, or a `torch.Size`, which is a call with one as its only argument.
    func extents(_ id: ID) -> [UInt64]? {
        var node = self[id]
        if node.kind == .call, node.children.count == 2, let only = self[node.children[1]].children.first {
            node = self[only]
        }
        guard node.kind == .tuple || node.kind == .list, node.children.count <= LayoutLimits.rank else { return nil }
        var extents: [UInt64] = []
        for child in node.children {
            guard let extent = unsigned(child) else { return nil }
            extents.append(extent)
        }
        return extents
    }
}

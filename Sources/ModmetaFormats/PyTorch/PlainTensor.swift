/// Recognises calls in a pickle that load as the elements of a strided tensor and nothing else; see
/// docs/formats/pytorch.md, "State dictionaries".
///
/// Every argument is checked. A call is not a plain tensor if loading it has an effect that the elements do not show: a
/// conjugated or negated view, a hook, a class, an unknown element type.
struct PlainTensor {
    let graph: PickleGraph

    /// The functions that rebuild a tensor from its storage.
    private static let functions = ["_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3"]
    private static let parameter = PickleGlobal(module: "torch._utils", name: "_rebuild_parameter")
    private static let orderedDictionary = PickleGlobal(module: "collections", name: "OrderedDict")
    private static let size = PickleGlobal(module: "torch", name: "Size")
    private static let storageModules: Set<ByteString> = ["torch", "torch.storage"]

    /// Whether the pickle imports only what plain tensors need.
    ///
    /// Any other call, wherever its result goes, could modify the tensors.
    var importsOnlyTensors: Bool {
        graph.globals.allSatisfy { global in
            global == PlainTensor.orderedDictionary || global == PlainTensor.parameter || global == PlainTensor.size
                || global.module == "torch._utils" && PlainTensor.functions.contains(global.name)
                || global.module == "torch" && PyTorchElementType(torchName: global.name) != nil
                || PlainTensor.isStorage(global)
        }
    }

    /// The tensor that a value loads as, or nil if it is anything more or anything else.
    func tensor(_ id: PickleGraph.ID, name: String) -> PyTorchTensor? {
        guard let call = call(id) else { return nil }
        guard call.function == PlainTensor.parameter else { return strided(id, call, name: name) }
        // A parameter of a parameter is not a tensor.
        guard call.arguments.count == 3, isBool(call.arguments[1]), isEmptyDictionary(call.arguments[2]),
            let inner = self.call(call.arguments[0])
        else { return nil }
        return strided(call.arguments[0], inner, name: name)
    }

    /// Whether a value is an `OrderedDict` created empty, whatever was added to it later.
    func isOrderedDictionary(_ id: PickleGraph.ID) -> Bool {
        let node = graph[id]
        return node.kind == .call && node.children.count >= 2
            && graph.global(node.children[0]) == PlainTensor.orderedDictionary
            && graph[node.children[1]].kind == .tuple && graph[node.children[1]].children.isEmpty
    }

    private func call(_ id: PickleGraph.ID) -> (function: PickleGlobal, arguments: [PickleGraph.ID])? {
        let node = graph[id]
        // Members or state added to the result would be more than its elements.
        guard node.kind == .call, node.children.count == 2, node.state == nil,
            let function = graph.global(node.children[0]), graph[node.children[1]].kind == .tuple
        else { return nil }
        return (function, graph[node.children[1]].children)
    }

    private func strided(
        _ id: PickleGraph.ID, _ call: (function: PickleGlobal, arguments: [PickleGraph.ID]), name: String
    ) -> PyTorchTensor? {
        let arguments = call.arguments
        guard call.function.module == "torch._utils",
            let version = PlainTensor.functions.firstIndex(of: call.function.name), arguments.count >= 4,
            isKnownStorage(arguments[0])
        else { return nil }
        // (storage, offset, size, stride), then requires_grad and hooks, then in v3 the type, then metadata.
        let plain = [4, 6, 7][version]
        guard
            arguments.count == plain || version > 0 && arguments.count == plain + 1 && isEmptyMetadata(arguments[plain])
        else { return nil }
        if version > 0 {
            guard isBool(arguments[4]), isEmptyDictionary(arguments[5]) else { return nil }
        }
        guard var tensor = PyTorchTensor(id, name: name, in: graph) else { return nil }
        if version == 2 {
            guard let global = graph.global(arguments[6]), global.module == "torch",
                let type = PyTorchElementType(torchName: global.name)
            else { return nil }
            tensor.type = type
        }
        return tensor.type.numbers(in: tensor.shape) == nil ? nil : tensor
    }

    /// Whether a value is a storage of five parts, in a class with a known element type.
    private func isKnownStorage(_ id: PickleGraph.ID) -> Bool {
        let node = graph[id]
        guard node.kind == .persistent, let pid = node.children.first, graph[pid].children.count == 5,
            let global = graph.global(graph[pid].children[1])
        else { return false }
        return PlainTensor.isStorage(global)
    }

    private static func isStorage(_ global: PickleGlobal) -> Bool {
        storageModules.contains(ByteString(global.module)) && PyTorchElementType(storageClass: global.name) != nil
    }

    private func isBool(_ id: PickleGraph.ID) -> Bool {
        if case .bool = graph[id].kind { true } else { false }
    }

    /// Whether a value is an empty dictionary.
    private func isEmptyDictionary(_ id: PickleGraph.ID) -> Bool {
        let node = graph[id]
        guard node.state == nil else { return false }
        return node.kind == .dictionary ? node.children.isEmpty : isOrderedDictionary(id) && node.children.count == 2
    }

    /// Whether all metadata of a tensor, such as `conj` and `neg`, is false; None means no metadata.
    private func isEmptyMetadata(_ id: PickleGraph.ID) -> Bool {
        let node = graph[id]
        switch node.kind {
        case .other: return true
        case .dictionary: break
        default: return false
        }
        return node.state == nil && graph.pairs(of: id).allSatisfy { graph[$0.value].kind == .bool(false) }
    }
}

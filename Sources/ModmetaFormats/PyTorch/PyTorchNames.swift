/// Walks through what a pickle describes and names every tensor by the way to it.
struct PyTorchNames {
    /// The deepest nesting that is followed.
    static let depthLimit = 256

    /// The tensors in the order of the pickle, each under the first name that leads to it.
    private(set) var tensors: [PyTorchTensor] = []
    /// Further names of tensors that have one.
    private(set) var aliases: [(name: String, of: String)] = []

    private let graph: PickleGraph
    private var names: [PickleGraph.ID: String] = [:]
    private var visited: [Bool]
    private var waiting: [(id: PickleGraph.ID, name: String, depth: Int)] = []

    /// Finds all tensors that an object leads to.
    init(root: PickleGraph.ID, in graph: PickleGraph) throws(FormatError) {
        self.graph = graph
        visited = [Bool](repeating: false, count: graph.nodes.count)
        waiting = [(root, "", 0)]
        while let next = waiting.popLast() {
            guard next.name.utf8.count <= LayoutLimits.nameLength else {
                throw FormatError(
                    .limitExceeded, "the pickle names something in more than \(LayoutLimits.nameLength) bytes",
                    offset: 0)
            }
            guard next.depth <= PyTorchNames.depthLimit else {
                throw FormatError(
                    .limitExceeded, "the pickle nests its parts deeper than \(PyTorchNames.depthLimit) levels",
                    offset: 0)
            }
            visit(next.id, name: next.name, depth: next.depth)
        }
    }

    private mutating func visit(_ id: PickleGraph.ID, name: String, depth: Int) {
        if let first = names[id] {
            if first != name { aliases.append((name, first)) }
            return
        }
        guard !visited[Int(id)] else { return }
        visited[Int(id)] = true
        if let tensor = PyTorchTensor(id, name: name.isEmpty ? "tensor" : name, in: graph) {
            names[id] = tensor.name
            tensors.append(tensor)
        }
        // The last to wait is the first to be visited.
        for (part, child) in parts(of: id).reversed() where mayHoldTensors(child) {
            let childName = part.isEmpty ? name : name.isEmpty ? part : "\(name).\(part)"
            waiting.append((child, childName, depth + 1))
        }
    }

    /// The parts of an object with what each adds to the name.
    private func parts(of id: PickleGraph.ID) -> [(String, PickleGraph.ID)] {
        let node = graph[id]
        var parts: [(String, PickleGraph.ID)] = []
        switch node.kind {
        case .tuple, .list: parts = indexed(node.children[...])
        case .dictionary: parts = keyed(node.children[...])
        case .call:
            parts = node.hasPairs ? keyed(node.children.dropFirst(2)) : indexed(node.children.dropFirst(2))
            if let arguments = node.children.dropFirst().first {
                // What is made of one thing goes by that thing's name, as a parameter does.
                let members = graph.arguments(of: id)
                if members != graph[arguments].children {
                    // The attributes of a tensor that has some.
                    parts += graph[arguments].children.dropFirst(3).map { ("", $0) }
                }
                // Behind storage, offset, size and stride, a quantized tensor has tensors of its own.
                guard names[id] == nil else { return parts + indexed(members[...]).dropFirst(4) }
                parts += members.first.map { [("", $0)] } ?? []
                parts += indexed(members[...]).dropFirst()
            }
        case .persistent, .other, .bool, .integer, .text, .global, .mark: break
        }
        if let state = node.state { parts.append(("", state)) }
        return parts
    }

    private func indexed(_ children: ArraySlice<PickleGraph.ID>) -> [(String, PickleGraph.ID)] {
        children.enumerated().map { (String($0), $1) }
    }

    private func keyed(_ children: ArraySlice<PickleGraph.ID>) -> [(String, PickleGraph.ID)] {
        var parts: [(String, PickleGraph.ID)] = []
        var index = children.startIndex
        while index + 1 < children.endIndex {
            parts.append((key(children[index]), children[index + 1]))
            index += 2
        }
        return parts
    }

    /// How a key reads in a name; what modules keep their parts in says nothing and is left out.
    private func key(_ id: PickleGraph.ID) -> String {
        switch graph[id].kind {
        case .text("_modules"), .text("_parameters"), .text("_buffers"): ""
        case .text(let text): text
        case .integer(let value): String(value)
        case .bool(let value): value ? "True" : "False"
        default: "?"
        }
    }

    private func mayHoldTensors(_ id: PickleGraph.ID) -> Bool {
        switch graph[id].kind {
        case .tuple, .list, .dictionary, .call: true
        case .other, .bool, .integer, .text, .global, .persistent, .mark: false
        }
    }
}

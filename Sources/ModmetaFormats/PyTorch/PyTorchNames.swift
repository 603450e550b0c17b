/// Traverses the objects of a pickle and names each tensor by the path to it.
struct PyTorchNames {
    /// The deepest nesting that is traversed.
    static let depthLimit = 256

    /// The tensors in the order of the pickle, each under the first name found.
    private(set) var tensors: [PyTorchTensor] = []
    /// Further names of tensors.
    private(set) var aliases: [(name: String, of: String)] = []

    /// One step on the path to an object: what it adds to the name of its container.
    ///
    /// Only tensors get names. A name for each container under one long key would be a thousand times as long as the
    /// pickle.
    private struct Step {
        /// The index of the previous step, or -1.
        var parent: Int32
        var part: Part
        /// The bytes of the whole name.
        var length: Int32
    }

    /// What one step adds to a name.
    private enum Part {
        case nothing
        case index(Int32)
        case key(PickleGraph.ID)
    }

    private let graph: PickleGraph
    private var names: [PickleGraph.ID: String] = [:]
    private var visited: [Bool]
    private var steps: [Step] = []
    private var waiting: [(id: PickleGraph.ID, parent: Int32, part: Part, depth: Int32)] = []

    /// Finds all tensors reachable from an object.
    ///
    /// - Parameter budget: charged for names and for the parts of objects, because one list may be part of a thousand
    ///   others.
    init(root: PickleGraph.ID, in graph: PickleGraph, _ budget: inout ParseBudget) throws(FormatError) {
        self.graph = graph
        visited = [Bool](repeating: false, count: graph.nodes.count)
        waiting = [(root, -1, .nothing, 0)]
        while let next = waiting.popLast() {
            guard next.depth <= PyTorchNames.depthLimit else {
                throw FormatError(
                    .limitExceeded, "the pickle nests its parts deeper than \(PyTorchNames.depthLimit) levels",
                    offset: 0)
            }
            let step = Step(parent: next.parent, part: next.part, length: try length(of: next.part, in: next.parent))
            try visit(next.id, step, depth: next.depth, &budget)
        }
    }

    private mutating func visit(
        _ id: PickleGraph.ID, _ step: Step, depth: Int32, _ budget: inout ParseBudget
    ) throws(FormatError) {
        if let first = names[id] {
            try budget.charge(Int(step.length) + 32, at: 0)
            let name = name(of: step)
            if !first.hasSameBytes(as: name) { aliases.append((name, first)) }
            return
        }
        guard !visited[Int(id)] else { return }
        visited[Int(id)] = true
        if var tensor = PyTorchTensor(id, name: "", in: graph) {
            try budget.charge(Int(step.length) + 64, at: 0)
            tensor.name = step.length == 0 ? "tensor" : name(of: step)
            names[id] = tensor.name
            tensors.append(tensor)
        }
        let parts = try parts(of: id, &budget)
        guard !parts.isEmpty else { return }
        let place = Int32(steps.count)
        steps.append(step)
        // The last one pushed is visited first.
        for (part, child) in parts.reversed() { waiting.append((child, place, part, depth + 1)) }
    }

    // MARK: Names

    private func length(of part: Part, in parent: Int32) throws(FormatError) -> Int32 {
        let before = parent < 0 ? 0 : Int(steps[Int(parent)].length)
        let own = text(of: part).utf8.count
        let length = own == 0 ? before : before == 0 ? own : before + 1 + own
        guard length <= LayoutLimits.nameLength else {
            throw FormatError(
                .limitExceeded, "a name in the pickle has more than \(LayoutLimits.nameLength) bytes", offset: 0)
        }
        return Int32(length)
    }

    /// The texts on the path to an object, joined with dots.
    private func name(of step: Step) -> String {
        var parts: [String] = []
        var step = step
        while true {
            let text = text(of: step.part)
            if !text.isEmpty { parts.append(text) }
            guard step.parent >= 0 else { break }
            step = steps[Int(step.parent)]
        }
        return parts.reversed().joined(separator: ".")
    }

    /// The text of a step in a name; empty for the containers in which modules keep their parts.
    private func text(of part: Part) -> String {
        switch part {
        case .nothing: return ""
        case .index(let index): return String(index)
        case .key(let id):
            switch graph[id].kind {
            case .text(let text): return PyTorchNames.silent.hasText(text) ? "" : text
            case .integer(let value): return String(value)
            case .bool(let value): return value ? "True" : "False"
            default: return "?"
            }
        }
    }

    private static let silent = ["_modules", "_parameters", "_buffers"]

    // MARK: Parts

    /// The parts of an object that may hold tensors, with what each adds to the name.
    private func parts(
        of id: PickleGraph.ID, _ budget: inout ParseBudget
    ) throws(FormatError) -> [(Part, PickleGraph.ID)] {
        let node = graph[id]
        var parts: [(Part, PickleGraph.ID)] = []
        func add(_ part: Part, _ child: PickleGraph.ID) throws(FormatError) {
            try budget.charge(4, at: 0)
            guard mayHoldTensors(child) else { return }
            try budget.charge(48, at: 0)
            parts.append((part, child))
        }
        func addIndexed(_ children: ArraySlice<PickleGraph.ID>, from first: Int = 0) throws(FormatError) {
            for (index, child) in children.enumerated().dropFirst(first) { try add(.index(Int32(index)), child) }
        }
        func addKeyed(_ children: ArraySlice<PickleGraph.ID>) throws(FormatError) {
            var index = children.startIndex
            while index + 1 < children.endIndex {
                try add(.key(children[index]), children[index + 1])
                index += 2
            }
        }
        switch node.kind {
        case .tuple, .list: try addIndexed(node.children[...])
        case .dictionary: try addKeyed(node.children[...])
        case .call:
            if node.hasPairs {
                try addKeyed(node.children.dropFirst(2))
            } else {
                try addIndexed(node.children.dropFirst(2))
            }
            if let arguments = node.children.dropFirst().first {
                let members = graph.arguments(of: id)
                if members != graph[arguments].children {
                    // The attributes of a tensor that has any.
                    for child in graph[arguments].children.dropFirst(3) { try add(.nothing, child) }
                }
                // After storage, offset, size and stride, a quantized tensor has tensors of its own.
                guard names[id] == nil else {
                    try addIndexed(members[...], from: 4)
                    return parts
                }
                // An object made of one other object, such as a parameter, has that object's name.
                if let first = members.first { try add(.nothing, first) }
                try addIndexed(members[...], from: 1)
            }
        case .persistent, .other, .bool, .integer, .text, .global, .mark: break
        }
        if let state = node.state { try add(.nothing, state) }
        return parts
    }

    private func mayHoldTensors(_ id: PickleGraph.ID) -> Bool {
        switch graph[id].kind {
        case .tuple, .list, .dictionary, .call: true
        case .other, .bool, .integer, .text, .global, .persistent, .mark: false
        }
    }
}

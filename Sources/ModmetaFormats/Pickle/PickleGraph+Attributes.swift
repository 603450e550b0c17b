extension PickleGraph {
    /// The unique names that loading the pickle would import: `globals`, with attributes `C.NAME` in place of `getattr`
    /// if the pickle uses it only to read named attributes of classes of known libraries.
    ///
    /// Python 3.11 pickles an enumeration member as the call `getattr(C, "NAME")`. Any other use of `getattr`, such as
    /// storing it, passing it on or calling it with computed arguments, keeps it in the list.
    ///
    /// - Parameter root: the object that the pickle represents.
    func imports(of root: ID) -> [PickleGlobal] {
        let functions = Set(globals.indices.filter { Self.attributeFunctions.contains(globals[$0]) })
        guard !functions.isEmpty else { return globals }
        var pending: Set<ID> = []
        for id in nodes.indices {
            if case .global(let index) = nodes[id].kind, functions.contains(index) { pending.insert(ID(id)) }
        }
        var used = pending.intersection(replacedStates + [root])
        var read: Set<ID> = []
        var attributes: [PickleGlobal] = []
        var known = Set(globals)
        for node in nodes {
            var others = node.children[...]
            if let function = others.first, pending.contains(function), let attribute = attribute(readBy: node) {
                if known.insert(attribute).inserted { attributes.append(attribute) }
                read.insert(function)
                others = others.dropFirst()
            }
            for child in others where pending.contains(child) { used.insert(child) }
            if let state = node.state, pending.contains(state) { used.insert(state) }
        }
        guard used.isEmpty, read == pending else { return globals }
        return globals.filter { !Self.attributeFunctions.contains($0) } + attributes
    }

    private static let attributeFunctions: Set<PickleGlobal> = [
        PickleGlobal(module: "builtins", name: "getattr"), PickleGlobal(module: "__builtin__", name: "getattr"),
    ]

    /// The libraries whose classes are identified by their names.
    private static let libraries = ["torch", "deepspeed"]

    /// The most bytes in the name of a module, a class or an attribute.
    private static let nameLimit = 255

    /// The attribute that a call of `getattr` reads, if the pickle contains both the class and the attribute name
    /// literally.
    private func attribute(readBy call: Node) -> PickleGlobal? {
        guard case .call = call.kind, call.children.count >= 2, case .tuple = self[call.children[1]].kind else {
            return nil
        }
        let arguments = self[call.children[1]].children
        guard arguments.count == 2, let owner = global(arguments[0]), let name = text(arguments[1]) else { return nil }
        guard max(owner.module.utf8.count, owner.name.utf8.count, name.utf8.count) <= Self.nameLimit else { return nil }
        let library = owner.module.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard Self.libraries.contains(where: { library.elementsEqual($0.utf8) }) else { return nil }
        // Attributes that start with an underscore lead from a class to everything else.
        guard let first = name.utf8.first, first != UInt8(ascii: "_"), !(0x30...0x39).contains(first),
            name.utf8.allSatisfy({
                $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
            })
        else { return nil }
        return PickleGlobal(module: owner.module, name: "\(owner.name).\(name)")
    }
}

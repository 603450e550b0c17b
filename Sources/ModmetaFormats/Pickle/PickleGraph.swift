/// The objects that a pickle describes, as a table: nothing is imported, called or built.
///
/// Objects refer to each other by index, so neither deep nor circular pickles need a deep stack.
struct PickleGraph {
    /// The index of an object.
    typealias ID = Int32

    /// The kind of an object.
    enum Kind: Hashable {
        /// None, a float, bytes, or anything else that no tensor's name depends on.
        case other
        /// True or false.
        case bool(Bool)
        /// An integer of at most 64 bits.
        case integer(Int64)
        /// A string.
        case text(String)
        /// A class or function; the value is an index in `globals`.
        case global(Int)
        /// A tuple; the children are its members.
        case tuple
        /// A list or set; the children are its members.
        case list
        /// A dictionary; the children alternate keys and values.
        case dictionary
        /// The result of a call: the children are the function, its arguments, and what was added to the result later,
        /// which for a mapping alternates keys and values.
        case call
        /// An object that the loading program keeps elsewhere; the child identifies it.
        case persistent
        /// A mark on the stack of the machine.
        case mark
    }

    /// One object.
    struct Node {
        var kind: Kind
        var children: [ID] = []
        /// The state that the object was given after it was created.
        var state: ID?
        /// Whether the children added to a call alternate keys and values.
        var hasPairs = false
    }

    /// The most objects; more than 100,000 tensors have.
    static let nodeLimit = 1 << 22

    /// The most bytes in the name of a module, or of a class or function in it.
    static let globalLength = 1024

    private(set) var nodes: [Node] = [Node(kind: .other)]
    /// The unique classes and functions, in order of first use.
    private(set) var globals: [PickleGlobal] = []
    private var globalIndices: [PickleGlobal: Int] = [:]
    /// States that a later state of the same object replaced.
    private(set) var replacedStates: [ID] = []

    /// The object for all values without parts.
    static let other: ID = 0

    /// Adds an object.
    mutating func add(_ kind: Kind, _ children: [ID] = []) throws(FormatError) -> ID {
        guard nodes.count < PickleGraph.nodeLimit else {
            throw FormatError(
                .limitExceeded, "the pickle makes more than the limit of \(PickleGraph.nodeLimit) objects",
                offset: 0)
        }
        nodes.append(Node(kind: kind, children: children))
        return ID(nodes.count - 1)
    }

    /// Adds the name of a class or function.
    mutating func add(_ global: PickleGlobal) throws(FormatError) -> ID {
        let index = globalIndices[global] ?? globals.count
        if index == globals.count {
            globals.append(global)
            globalIndices[global] = index
        }
        return try add(.global(index))
    }

    /// Adds members to an object that can have them.
    mutating func append(_ children: some Sequence<ID>, to id: ID, asPairs: Bool = false) {
        nodes[Int(id)].children.append(contentsOf: children)
        if asPairs { nodes[Int(id)].hasPairs = true }
    }

    /// Sets the state of an object.
    mutating func set(state: ID, of id: ID) {
        if let replaced = nodes[Int(id)].state { replacedStates.append(replaced) }
        nodes[Int(id)].state = state
    }

    /// The object at an index.
    subscript(id: ID) -> Node { nodes[Int(id)] }

    /// The string at an index, or nil if the object is not a string.
    func text(_ id: ID) -> String? {
        if case .text(let text) = self[id].kind { return text }
        return nil
    }

    /// The integer at an index, or nil if the object is not an integer or negative.
    func unsigned(_ id: ID) -> UInt64? {
        if case .integer(let value) = self[id].kind { return UInt64(exactly: value) }
        return nil
    }

    /// The class or function at an index, or nil if the object is neither.
    func global(_ id: ID) -> PickleGlobal? {
        if case .global(let index) = self[id].kind { return globals[index] }
        return nil
    }
}

/// The objects a pickle describes, as a table: nothing is imported, called or built.
///
/// Objects refer to each other by their place in the table, so that neither deep nor circular pickles need deep stacks.
struct PickleGraph {
    /// The place of an object.
    typealias ID = Int32

    /// What an object is.
    enum Kind: Hashable {
        /// None, a float, bytes, or what else no tensor's name depends on.
        case other
        /// True or false.
        case bool(Bool)
        /// An integer of 64 bits or less.
        case integer(Int64)
        /// A text.
        case text(String)
        /// A class or function; the place is one in `globals`.
        case global(Int)
        /// A tuple; the children are its members.
        case tuple
        /// A list or set; the children are its members.
        case list
        /// A dictionary; the children are keys and values in turn.
        case dictionary
        /// What a function would return: the children are the function, its arguments, and what was added to the
        /// result later: keys and values in turn for a mapping.
        case call
        /// What the program that loads the pickle keeps elsewhere; the child tells it what.
        case persistent
        /// A fence on the stack of the machine.
        case mark
    }

    /// One object.
    struct Node {
        var kind: Kind
        var children: [ID] = []
        /// The state given to an object after it was made.
        var state: ID?
        /// Whether the children added to a call are keys and values.
        var hasPairs = false
    }

    /// The largest number of objects; more than 100,000 tensors have.
    static let nodeLimit = 1 << 22

    /// The bytes of the longest name of a module, or of a class or function in it.
    static let globalLength = 1024

    private(set) var nodes: [Node] = [Node(kind: .other)]
    /// The classes and functions, each once, in the order of their first use.
    private(set) var globals: [PickleGlobal] = []
    private var globalIndices: [PickleGlobal: Int] = [:]
    /// States that objects were given before their last one.
    private(set) var replacedStates: [ID] = []

    /// The object that stands for all values without parts.
    static let other: ID = 0

    /// Adds an object.
    mutating func add(_ kind: Kind, _ children: [ID] = []) throws(FormatError) -> ID {
        guard nodes.count < PickleGraph.nodeLimit else {
            throw FormatError(
                .limitExceeded, "the pickle makes more than the \(PickleGraph.nodeLimit) objects that are read",
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

    /// Adds members to an object that can have some.
    mutating func append(_ children: some Sequence<ID>, to id: ID, asPairs: Bool = false) {
        nodes[Int(id)].children.append(contentsOf: children)
        if asPairs { nodes[Int(id)].hasPairs = true }
    }

    /// Gives an object its state.
    mutating func set(state: ID, of id: ID) {
        if let replaced = nodes[Int(id)].state { replacedStates.append(replaced) }
        nodes[Int(id)].state = state
    }

    /// The object at a place.
    subscript(id: ID) -> Node { nodes[Int(id)] }

    /// The text at a place, or nil if it is none.
    func text(_ id: ID) -> String? {
        if case .text(let text) = self[id].kind { return text }
        return nil
    }

    /// The integer at a place, or nil if it is none or negative.
    func unsigned(_ id: ID) -> UInt64? {
        if case .integer(let value) = self[id].kind { return UInt64(exactly: value) }
        return nil
    }

    /// The class or function at a place, or nil if it is none.
    func global(_ id: ID) -> PickleGlobal? {
        if case .global(let index) = self[id].kind { return globals[index] }
        return nil
    }
}

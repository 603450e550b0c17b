/// A table of a TOML text during parsing, with the state that TOML's rules need.
final class TOMLTable {
    /// How a table was defined, which determines what may be added to it.
    enum Origin {
        /// As the parent of another table; one header may still define it.
        case implicit
        /// By its own header.
        case header
        /// By a dotted key.
        case dotted
    }

    enum Item {
        case value(DocumentValue)
        case table(TOMLTable)
        case tables(List)
    }

    /// An array of tables, to which each further header appends one.
    final class List {
        var tables: [TOMLTable] = []
    }

    var origin: Origin
    private(set) var members: [(key: String, item: Item)] = []
    private var places: [[UInt8]: Int] = [:]

    init(_ origin: Origin) { self.origin = origin }

    subscript(key: String) -> Item? {
        get { places[Array(key.utf8)].map { members[$0].item } }
        set {
            guard let newValue else { return }
            if let place = places[Array(key.utf8)] {
                members[place].item = newValue
            } else {
                places[Array(key.utf8)] = members.count
                members.append((key, newValue))
            }
        }
    }

    /// The table and everything below it as a value.
    var value: DocumentValue {
        .object(
            members.map { member in
                switch member.item {
                case .value(let value): .init(member.key, value)
                case .table(let table): .init(member.key, table.value)
                case .tables(let tables): .init(member.key, .array(tables.tables.map(\.value)))
                }
            })
    }
}

extension TOMLTable {
    /// The TOML rule that a definition breaks, phrased to follow the name of the key.
    struct Violation: Error { var reason: String }

    /// Returns the table of a `[header]`, below this one.
    func table(at keys: [String]) throws(Violation) -> TOMLTable {
        let parent = try parent(of: keys)
        guard let key = keys.last else { return self }
        switch parent[key] {
        case nil:
            let table = TOMLTable(.header)
            parent[key] = .table(table)
            return table
        case .table(let table)? where table.origin == .implicit:
            table.origin = .header
            return table
        case .table?, .tables?, .value?: throw Violation(reason: "is defined twice")
        }
    }

    /// Appends a table to the array of a `[[header]]`, below this one.
    func appendedTable(at keys: [String]) throws(Violation) -> TOMLTable {
        let parent = try parent(of: keys)
        guard let key = keys.last else { return self }
        let table = TOMLTable(.header)
        switch parent[key] {
        case nil:
            let list = List()
            list.tables.append(table)
            parent[key] = .tables(list)
        case .tables(let list)?: list.tables.append(table)
        case .table?, .value?: throw Violation(reason: "is defined twice, and not as an array of tables")
        }
        return table
    }

    /// Sets the value of a dotted or plain key.
    func set(_ keys: [String], _ value: DocumentValue) throws(Violation) {
        var table = self
        for key in keys.dropLast() {
            switch table[key] {
            case nil:
                let next = TOMLTable(.dotted)
                table[key] = .table(next)
                table = next
            case .table(let next)? where next.origin == .dotted: table = next
            case .table?, .tables?, .value?: throw Violation(reason: "adds to something that is already defined")
            }
        }
        guard let key = keys.last, table[key] == nil else { throw Violation(reason: "is defined twice") }
        table[key] = .value(value)
    }

    private func parent(of keys: [String]) throws(Violation) -> TOMLTable {
        var table = self
        for key in keys.dropLast() {
            switch table[key] {
            case nil:
                let next = TOMLTable(.implicit)
                table[key] = .table(next)
                table = next
            case .table(let next)?: table = next
            case .tables(let list)?: if let last = list.tables.last { table = last }
            case .value?: throw Violation(reason: "adds to something that is not a table")
            }
        }
        return table
    }
}

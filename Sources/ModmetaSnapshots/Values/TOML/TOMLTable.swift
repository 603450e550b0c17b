/// A table of a TOML text while it is read, with what the rules of TOML must know of it.
final class TOMLTable {
    /// How a table came to be, which says what may still be added to it.
    enum Origin {
        /// As the way to another one; a header may define it once.
        case implicit
        /// By its own header.
        case header
        /// By a key with dots.
        case dotted
    }

    enum Item {
        case value(DocumentValue)
        case table(TOMLTable)
        case tables(List)
    }

    /// An array of tables, to which each further header adds one.
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

    /// The table and all below it as a value.
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
    /// A rule of TOML that a table's definition breaks, to be read after the name of the key.
    struct Violation: Error { var reason: String }

    /// The table that a header of one bracket names, below this one.
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

    /// A new table at the end of the array that a header of two brackets names, below this one.
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

    /// Sets the value of a key, which may have dots.
    func set(_ keys: [String], _ value: DocumentValue) throws(Violation) {
        var table = self
        for key in keys.dropLast() {
            switch table[key] {
            case nil:
                let next = TOMLTable(.dotted)
                table[key] = .table(next)
                table = next
            case .table(let next)? where next.origin == .dotted: table = next
            case .table?, .tables?, .value?: throw Violation(reason: "adds to what is defined already")
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
            case .value?: throw Violation(reason: "adds to what is no table")
            }
        }
        return table
    }
}

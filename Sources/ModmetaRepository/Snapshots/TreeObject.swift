internal import ModmetaSystem

/// A tree of Git, as its object holds it: `<mode> <name>\0<object>` for each entry.
struct TreeObject {
    enum Kind {
        case directory, file, link, repository
    }

    struct Entry {
        var kind: Kind
        var name: String
        var object: String
    }

    let entries: [Entry]

    /// Reads a tree.
    ///
    /// - Parameter name: the tree's own name, whose length is that of all names.
    /// - Throws: `RepositoryError` if the bytes are not a tree.
    init(parsing bytes: [UInt8], name: String) throws {
        let length = name.utf8.count / 2
        var entries: [Entry] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                let end = rest[space...].firstIndex(of: 0), rest.endIndex - end > length
            else {
                throw RepositoryError(
                    kind: .environment, message: "the Git tree \(name) is damaged at byte \(rest.startIndex)",
                    hints: ["Run: git fsck"])
            }
            let kind: Kind =
                switch String(decoding: rest[..<space], as: UTF8.self) {
                case "40000": .directory
                case "120000": .link
                case "160000": .repository
                default: .file
                }
            let object = rest[(end + 1)...end + length]
            entries.append(
                Entry(
                    kind: kind, name: String(decoding: rest[(space + 1)..<end], as: UTF8.self),
                    object: object.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()))
            rest = rest[(end + length + 1)...]
        }
        self.entries = entries
    }
}

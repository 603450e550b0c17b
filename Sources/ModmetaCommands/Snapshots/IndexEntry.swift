/// One entry of git's index, as `git ls-files -s -z` lists it.
struct IndexEntry: Hashable {
    var mode: String
    var object: String
    var path: String

    /// Reads `<mode> <object> <stage>\t<path>`; nil for another line.
    init?(parsing line: String) {
        guard let tab = line.utf8.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
        let fields = line[..<tab].split(separator: " ")
        guard fields.count == 3 else { return nil }
        (mode, object) = (String(fields[0]), String(fields[1]))
        path = String(decoding: line.utf8[line.utf8.index(after: tab)...], as: UTF8.self)
    }

    /// Whether the entry is a file, executable or not.
    var isFile: Bool { mode == "100644" || mode == "100755" }
    /// Whether it is another repository, of which Git keeps no more than the name of a commit.
    var isRepository: Bool { mode == "160000" }

    /// Whether it belongs to a checkpoint that holds its path: not what is passed over there.
    var counts: Bool { !path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual(".modmeta".utf8) } }
}

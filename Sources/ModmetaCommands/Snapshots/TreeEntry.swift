/// One file of a commit, as `git ls-tree -z` lists it.
struct TreeEntry {
    var path: String
    var blob: String
    var isLink: Bool

    /// Reads a line `<mode> <type> <name>\t<path>`; nil for a submodule.
    init?(parsing line: Substring) throws {
        guard let tab = line.firstIndex(of: "\t") else {
            throw CommandFailure(
                kind: .environment, message: "git ls-tree wrote a line that is not understood: \(line)")
        }
        let fields = line[..<tab].split(separator: " ")
        guard fields.count == 3, fields[1] == "blob" else { return nil }
        path = String(line[line.index(after: tab)...])
        blob = String(fields[2])
        isLink = fields[0] == "120000"
    }
}

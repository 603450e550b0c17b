internal import ModmetaSystem

/// One file of a commit, as `git ls-tree -l -z` lists it.
struct TreeEntry {
    var path: String
    var blob: String
    /// The bytes in Git, of the pointer where git-lfs has the file.
    var size: Int
    var isLink: Bool

    /// Reads a line `<mode> <type> <name> <size>\t<path>`; nil for a submodule.
    init?(parsing line: Substring) throws {
        guard let tab = line.firstIndex(of: "\t") else {
            throw RepositoryError(
                kind: .environment, message: "git ls-tree wrote a line that is not understood: \(line)")
        }
        let fields = line[..<tab].split(separator: " ")
        guard fields.count == 4, fields[1] == "blob", let size = Int(fields[3]) else { return nil }
        path = String(line[line.index(after: tab)...])
        blob = String(fields[2])
        self.size = size
        isLink = fields[0] == "120000"
    }
}

/// A path that leads into the directory `.modmeta` of a repository, which commits can put anything into.
package struct CommittedPlace {
    /// The directory that holds `.modmeta`.
    package let top: String
    /// The path from there on.
    package let path: String

    /// Takes a path apart; nil if it does not lead into such a directory.
    package init?(_ path: String) {
        guard let mark = path.ranges(of: "/.modmeta/").last else { return nil }
        top = mark.lowerBound == path.startIndex ? "/" : String(path[..<mark.lowerBound])
        self.path = String(path[path.index(after: mark.lowerBound)...])
    }
}

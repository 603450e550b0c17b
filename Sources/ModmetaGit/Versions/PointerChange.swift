/// A path at which a commit added, replaced or removed an LFS pointer.
struct PointerChange: Hashable, Sendable {
    /// The place of the commit in the log, counted from the newest.
    var commit: Int
    /// The path from the top of the work tree.
    var path: String
    /// The pointers before, one per parent that had one here; a missing blob counts as none.
    var old: [LFSPointer]
    /// The pointer after; nil where the commit removed it.
    var new: LFSPointer?

    /// The path's last component.
    var fileName: Substring {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
    }

    /// What follows the last dot of the file name; nil where there is none.
    var fileExtension: Substring? {
        let name = fileName
        return name.utf8.lastIndex(of: UInt8(ascii: ".")).map { name[name.utf8.index(after: $0)...] }
    }
}

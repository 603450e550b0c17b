internal import ModmetaSystem

/// What a directory is to somebody who wants a store there.
enum DirectoryContent {
    /// There is nothing.
    case absent
    /// There is a store.
    case store
    /// There is nothing in it, or the beginnings of a store whose maker died.
    case unfinished
    /// There is a Git repository that is no store yet.
    case repository
    /// There is something else.
    case foreign

    private static let ownNames: Set = ["HEAD", "config", "info", "lfs", "modmeta", "objects", "refs"]

    init(of path: String) throws {
        guard let status = try FileStatus(of: path + "/.") else {
            self = try FileStatus(of: path) == nil ? .absent : .foreign
            return
        }
        guard status.kind == .directory, let names = try DirectoryPath(path).names().map(Set.init) else {
            self = .foreign
            return
        }
        if try FileStatus(of: "\(path)/\(ObjectKey.format.path)") != nil {
            self = .store
        } else if names.isSuperset(of: ["HEAD", "objects", "refs"]) {
            self = .repository
        } else if names.isEmpty || names.contains("modmeta") && names.isSubset(of: DirectoryContent.ownNames) {
            self = .unfinished
        } else {
            self = .foreign
        }
    }
}

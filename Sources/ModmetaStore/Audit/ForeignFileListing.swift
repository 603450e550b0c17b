/// A store that can name the files in it which are no part of it.
public protocol ForeignFileListing: ObjectStore {
    /// The paths, relative to the store's root, of files and directories that no part of modmeta or git-lfs made.
    ///
    /// A foreign directory stands for all it holds. Git's own files are not looked at.
    func foreignFiles() async throws -> [String]
}

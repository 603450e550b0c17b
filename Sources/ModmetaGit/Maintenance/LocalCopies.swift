internal import ModmetaFormats
public import ModmetaStore

extension FileCopies {
    /// Looks for copies of LFS objects in repositories, other directories and files on this machine.
    ///
    /// Of a repository both the LFS objects and the files of its work tree are looked at.
    ///
    /// - Throws: `StoreError` for a path that cannot be looked at.
    public static func onThisMachine(_ paths: [String]) async throws -> FileCopies {
        var places: [Place] = []
        for path in paths {
            let git = Git(directory: path, environment: Git.noRepository)
            if let repository = try? await Repository.discover(with: git) {
                places.append { repository.objectPath($0) }
            }
        }
        return try FileCopies(places: places, paths: paths)
    }
}

internal import Glibc
internal import ModmetaSystem

/// A store in a directory, which is a bare Git repository besides; its layout is docs/formats/store.md.
///
/// System calls block the calling task for as long as the disk takes.
public struct LocalStore: Sendable {
    /// The store's directory, as an absolute path.
    public let path: String

    let permissions: StorePermissions

    /// How long the lock of the format document is waited for.
    static let lockPatience = Duration.seconds(30)

    /// Takes a directory for a store's root, complete or in the making.
    init(root path: String) throws {
        guard let status = try FileStatus(of: path + "/.") else {
            throw StoreError(.noStore, "there is no store at \(path): no such directory")
        }
        self.path = path
        permissions = StorePermissions(root: status.mode)
    }

    /// Checks a directory's path before the first use of it.
    ///
    /// - Throws: `.invalidURL` if it is relative or cannot be the path of a file.
    static func checkedRoot(_ path: String) throws -> String {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw StoreError(.invalidURL, "a store needs an absolute path, and \(path.debugDescription) is none")
        }
        var root = path
        while root.count > 1 && root.hasSuffix("/") { root.removeLast() }
        return root
    }

    /// The path of an object's file.
    ///
    /// - Throws: `.corrupt` where a symbolic link leads elsewhere.
    func filePath(_ key: ObjectKey) throws -> String {
        let directory = key.path.lastIndex(of: "/").map { String(key.path[..<$0]) } ?? ""
        return try ownDirectory(directory) + key.path.dropFirst(directory.utf8.count)
    }

    /// Where files are written before they get their names.
    ///
    /// - Throws: `.corrupt` where a symbolic link leads elsewhere.
    var temporaryDirectory: String { get throws { try ownDirectory("modmeta/tmp") } }

    /// The path of a directory of the store, which need not be there.
    ///
    /// Whoever else may write to a store must not be able to send us out of it, so none of its directories is followed
    /// that is a symbolic link; what leads to its root is its user's choice.
    ///
    /// - Parameter name: relative to the root.
    /// - Throws: `.corrupt` where a symbolic link leads elsewhere.
    func ownDirectory(_ name: String) throws -> String {
        var directory = path
        for part in name.split(separator: "/") {
            directory += "/\(part)"
            guard let status = try FileStatus(of: directory) else { return "\(path)/\(name)" }
            guard status.kind == .directory else {
                throw StoreError(
                    .corrupt,
                    "\(directory) is not a directory of the store's own; if it is a symbolic link to another disk, move the "
                        + "whole store there and link to that")
            }
        }
        return directory
    }
}

extension LocalStore: ObjectStore {
    /// Deletes an object; one that is absent is no error.
    public func delete(_ key: ObjectKey) async throws {
        try StoreError.fromSystem {
            let file = try filePath(key)
            guard unlink(file) == 0 else {
                if errno == ENOENT || errno == ENOTDIR { return }
                throw SystemError.failed(to: "delete", file)
            }
            try LocalStore.parent(of: file).sync()
        }
    }

    /// The directory that holds a file of the store.
    static func parent(of file: String) -> DirectoryPath {
        DirectoryPath(file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "/")
    }
}

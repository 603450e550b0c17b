internal import Glibc
internal import ModmetaSystem

extension LocalStore {
    /// Opens the store in a directory; never creates one.
    ///
    /// - Parameter path: the directory's absolute path.
    /// - Throws: `.noStore` if there is none, `.unsupported` if its format is of another version.
    public static func open(at path: String) async throws -> LocalStore {
        let root = try checkedRoot(path)
        let store = try StoreError.fromSystem { try LocalStore(root: root) }
        do {
            _ = try await store.format()
        } catch let error as StoreError where error.code == .noStore {
            let what =
                try StoreError.fromSystem({ try DirectoryContent(of: root) }) == .repository
                ? "the Git repository there was never pushed to through modmeta; the first push makes it a store"
                : "the directory is there, but no store in it"
            throw StoreError(.noStore, "there is no store at \(root): \(what)")
        } catch let error as StoreError where error.code == .unsupported || error.code == .corrupt {
            throw StoreError(error.code, "cannot use the store at \(root): \(error.message)")
        }
        store.sweep()
        return store
    }

    /// How long a temporary file is left alone, in seconds: longer than any writer needs for one object.
    static let sweepAge: Int64 = 24 * 60 * 60

    /// Deletes what writers left that died long ago.
    ///
    /// What cannot be looked at or deleted stays: it harms nobody, and the store may be open for reading only.
    func sweep() {
        guard let directory = try? temporaryDirectory, let names = try? DirectoryPath(directory).names() else { return }
        let oldest = Int64(time(nil)) - LocalStore.sweepAge
        for name in names {
            let file = "\(directory)/\(name)"
            if let status = try? FileStatus(of: file), status.kind == .regular, status.modified < oldest {
                _ = unlink(file)
            }
        }
    }
}

public import ModmetaFormats
internal import ModmetaSystem

/// Copies of LFS objects in files: where git-lfs keeps them, and files of any name that have the size of one.
public struct FileCopies: ObjectCopies {
    /// Gives the path where a directory of LFS objects has an object; there need not be a file.
    public typealias Place = @Sendable (ObjectID) -> String

    /// How deep directories are looked through.
    private static let depthLimit = 64

    private let places: [Place]
    /// Other files, by their sizes.
    private let files: [UInt64: [String]]

    /// Looks for files; none is opened yet.
    ///
    /// - Parameters:
    ///   - places: where git-lfs keeps objects.
    ///   - paths: files, and directories to look through. Symbolic links in them are not followed, nor is any `.git`.
    /// - Throws: `StoreError` for a path that cannot be looked at.
    public init(places: [Place], paths: [String]) throws {
        self.places = places
        var files: [UInt64: [String]] = [:]
        for path in paths {
            // What the user names may be a link.
            let status = try StoreError.fromSystem { try FileStatus(of: path + "/.") }
            if let status, status.kind == .directory {
                FileCopies.look(in: path, depth: 0, &files)
            } else {
                files[try UploadedFile(path).size, default: []].append(path)
            }
        }
        self.files = files
    }

    private static func look(in directory: String, depth: Int, _ files: inout [UInt64: [String]]) {
        guard depth < depthLimit, let names = try? DirectoryPath(directory).names() else { return }
        for name in names.sorted() where name != ".git" {
            let path = "\(directory)/\(name)"
            guard let status = try? FileStatus(of: path) else { continue }
            switch status.kind {
            case .regular where status.size > 0: files[status.size, default: []].append(path)
            case .directory: look(in: path, depth: depth + 1, &files)
            default: break
            }
        }
    }

    /// Gives a run of bytes of each file that may be the object until one is accepted.
    public func bytes(
        of object: ObjectID, size: UInt64, range: Range<UInt64>, accept: ([UInt8]) -> Bool
    ) async throws -> [UInt8]? {
        for path in places.map({ $0(object) }) + (files[size] ?? []) {
            guard let file = try? File(reading: path, followsLinks: false), file.size == size,
                let bytes = try? file.read(at: range.lowerBound, count: range.count), accept(bytes)
            else { continue }
            return bytes
        }
        return nil
    }
}

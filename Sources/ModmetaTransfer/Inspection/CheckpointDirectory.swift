internal import Glibc
public import ModmetaFormats
internal import ModmetaSystem

/// A directory of weight files, each looked at by itself and all as the checkpoints they make up.
///
/// What an index or a metadata file names is looked for among the directory's own files, never elsewhere.
public struct CheckpointDirectory: Sendable {
    /// A file of the directory.
    public struct File: Sendable {
        /// The name in the directory.
        public var name: String
        /// What the file holds, and which rule it breaks if it is not what it looks like.
        public var reading: Layout.Reading
        /// What the file's pickles would import if it were loaded; nil for a file without pickles.
        public var safeToLoad: SafeToLoad?

        /// The names of its tensors, and the further names of those that have some.
        var tensorNames: [String] { reading.layout.tensors.map(\.name) + reading.aliases.map(\.name) }
    }

    /// The largest number of files that are looked at.
    private static let fileLimit = 1 << 16

    /// The path as it was given.
    public let path: String
    /// The regular files in the order of their names.
    public private(set) var files: [File] = []
    private var places: [ByteString: Int] = [:]
    /// The checkpoints that several of the files make up.
    public private(set) var sets: [CheckpointSet] = []

    /// Looks at all files of a directory, not at those of directories in it.
    ///
    /// - Parameter progress: receives how many files were looked at, and of how many.
    /// - Throws: `TransferError` if the directory or a file in it cannot be read.
    public init(path: String, progress: (Int, Int) -> Void = { _, _ in }) throws {
        self.path = path
        let names = try CheckpointDirectory.fileNames(in: path)
        for (index, name) in names.enumerated() {
            progress(index, names.count)
            let file = try LocalFile(reading: "\(path)/\(name)")
            places[ByteString(name)] = files.count
            files.append(
                File(name: name, reading: try file.layoutReading(), safeToLoad: try SafeToLoad.scan(file)))
        }
        sets =
            try CheckpointSet.sharded(in: self) + CheckpointSet.distributed(in: self)
            + CheckpointSet.deepSpeed(in: self) + CheckpointSet.splitGGUF(in: self)
    }

    /// The file of a name, or nil if the directory has none.
    func file(_ name: String) -> File? { places[ByteString(name)].map { files[$0] } }

    /// The bytes of a small file of the directory.
    func contents(of name: String, limit: UInt64) throws -> [UInt8] {
        let file = try LocalFile(reading: "\(path)/\(name)")
        guard file.size <= limit else {
            throw FormatError(
                .limitExceeded, "the file has \(file.size) bytes, more than the \(limit) that are read", offset: 0)
        }
        return try file.read(at: 0, count: Int(file.size))
    }

    private static func fileNames(in path: String) throws -> [String] {
        guard let directory = opendir(path) else {
            throw TransferError(.local, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard name != ".", name != "..", stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { continue }
            names.append(name)
            guard names.count <= fileLimit else {
                throw TransferError(.local, "\(path) has more than the \(fileLimit) files that are looked at")
            }
        }
        return names.sortedByBytes()
    }

    /// Whether a path leads to a directory.
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

internal import Glibc
internal import ModmetaFormats

/// The files of a base model that a checkpoint's own file names by a path.
///
/// Whoever wrote that file chose the path, so it decides neither what is read nor how much: a directory counts if it has
/// a `config.json` and weights at its top, and of these only the weights are read.
enum BaseModelFiles {
    /// How many names of a directory are looked at, and how many bytes its weights may have.
    static let (nameLimit, byteLimit): (Int, UInt64) = (4096, 2 << 40)
    private static let endings = [".safetensors", ".bin", ".pt", ".pth"]

    /// What must be hashed of the weights at the top of a directory; nil if it is no model's directory, or too large for one.
    static func plan(of directory: String, cache: DigestCache?) throws -> ContentPlan? {
        guard let files = weights(in: directory) else { return nil }
        let all = try ContentPlan(files, cache: cache)
        // What counts as a whole file, such as the state of an optimizer, is no part of a model.
        guard !all.weightFiles.isEmpty else { return nil }
        return try ContentPlan(files.filter { all.weightFiles.hasText($0.name) }, cache: cache)
    }

    private static func weights(in directory: String) -> [ContentFile]? {
        guard let root = resolved(home(of: directory)), let names = names(in: directory),
            names.contains(where: { $0.hasSameBytes(as: "config.json") }),
            size(of: "\(directory)/config.json", below: root) != nil
        else { return nil }
        var files: [ContentFile] = []
        var byteCount: UInt64 = 0
        for name in names where endings.contains(where: { name.hasByteSuffix($0) }) {
            let path = "\(directory)/\(name)"
            guard let size = size(of: path, below: root) else { continue }
            guard size <= byteLimit - byteCount else { return nil }
            byteCount += size
            guard let (content, _) = try? FileContent.look(at: path), content == .weights else { continue }
            files.append(ContentFile(name: name, source: .file(path)))
        }
        return files.isEmpty ? nil : files
    }

    /// The directory that links must not lead out of: of a snapshot in the Hub's cache the model's, which holds its blobs.
    private static func home(of directory: String) -> String {
        BaseModelLocation.isHubSnapshot(directory) ? "\(directory)/../.." : directory
    }

    /// The size of a regular file that lies below a directory, links followed; nil for anything else.
    private static func size(of path: String, below root: String) -> UInt64? {
        var status = stat()
        guard let place = resolved(path), place.hasBytePrefix(root == "/" ? root : "\(root)/"),
            stat(place, &status) == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return UInt64(clamping: status.st_size)
    }

    private static func resolved(_ path: String) -> String? {
        guard let place = realpath(path, nil) else { return nil }
        defer { free(place) }
        return String(validatingCString: place)
    }

    private static func names(in path: String) -> [String]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            guard names.count < nameLimit else { return nil }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name { names.append(name) }
        }
        return names
    }
}

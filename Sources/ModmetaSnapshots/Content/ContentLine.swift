public import ModmetaFormats

/// One line of the input of a content hash; see docs/formats/semantic-id.md.
public enum ContentLine: Hashable, Sendable {
    /// The first line.
    static let header = "modmeta-content-v1\n"

    /// A tensor of a weight file, in a directory that is empty for the root.
    case tensor(directory: String, name: String, dtype: String, shape: [UInt64], digest: Digest)
    /// A whole file.
    case file(name: String, digest: Digest)
    /// A broken symbolic link.
    case link(name: String, target: String)

    /// The canonical bytes, with a newline at the end.
    var bytes: [UInt8] {
        let value: DocumentValue =
            switch self {
            case .tensor(let directory, let name, let dtype, let shape, let digest):
                [
                    "tensor", .string(directory), .string(name), .string(dtype),
                    .array(shape.map { .string("\($0)") }), .string(digest.hex),
                ]
            case .file(let name, let digest): ["file", .string(name), .string(digest.hex)]
            case .link(let name, let target): ["link", .string(name), .string(target)]
            }
        return value.canonicalJSON + [UInt8(ascii: "\n")]
    }

    /// The content hash of lines in any order; equal lines count once.
    static func digest(of lines: [ContentLine]) -> Digest {
        var hash = SHA256()
        hash.update(Array(header.utf8))
        let sorted = Set(lines.map(\.bytes)).sorted { $0.lexicographicallyPrecedes($1) }
        for line in sorted { hash.update(line) }
        return hash.finish()
    }
}

internal import ModmetaFormats

/// The record of a snapshot in `.modmeta/snapshots/<name>.yaml`; see docs/formats/snapshot.md.
public struct SnapshotDocument: Hashable, Sendable {
    /// The value of the key `format`.
    public static let format = "modmeta.snapshot/1"
    /// The directory of documents in a repository.
    public static let directory = ".modmeta/snapshots"

    /// The whole document, including unknown keys.
    public private(set) var value: DocumentValue
    /// The snapshot's name.
    public let name: String
    /// The snapshot's semantic ID.
    public let id: SemanticID
    /// The checkpoint's files and directories, relative to the top of the repository.
    public let paths: [String]

    /// The JSON Schema of the format; nil only in a broken build, which the tests detect.
    static let schema: ValueRule? = {
        guard let value = try? JSONReader.value(of: PackageResources.snapshot_schema_json, "snapshot.schema.json")
        else { return nil }
        return try? ValueRule(parsing: value, "a snapshot")
    }()

    /// The path of the document with a name in a repository.
    public static func path(of name: String) -> String { "\(directory)/\(name).yaml" }

    /// Creates a document.
    ///
    /// - Parameters:
    ///   - created: the time in UTC, in the format of RFC 3339.
    ///   - content: the checkpoint's content.
    ///   - context: the object that the context hash covers.
    ///   - details: further keys, in order; null ones are omitted.
    public init(
        name: String, created: String, paths: [String], content: ContentDigest, context: DocumentValue,
        details: [DocumentValue.Member]
    ) {
        let id = SemanticID(content: content.content, context: SemanticID.contextDigest(context))
        let counts: DocumentValue = [
            "tensors": .integer(Int64(content.tensorCount)), "files": .integer(Int64(content.fileCount)),
            "bytes": .integer(Int64(clamping: content.byteCount)),
        ]
        var members: [DocumentValue.Member] = [
            .init("format", .string(SnapshotDocument.format)), .init("name", .string(name)),
            .init("id", .string(id.description)), .init("created", .string(created)),
            .init("hashes", ["content": .string(id.content.hex), "context": .string(id.context.hex)]),
            .init("paths", .array(paths.map { .string($0) })), .init("content", counts), .init("context", context),
        ]
        members += details.filter { $0.value != .null }
        (value, self.name, self.id, self.paths) = (.object(members), name, id, paths)
    }

    /// Parses a document and validates everything this program relies on, including the context hash.
    ///
    /// - Parameter path: the source of the bytes, for errors.
    /// - Throws: `SnapshotError` with `syntax` or `document`.
    public init(parsing bytes: [UInt8], path: String) throws(SnapshotError) {
        let value = try YAMLReader.value(of: bytes, path)
        func violation(_ what: String) -> SnapshotError {
            SnapshotError(.document, "\(path) is not a snapshot document of this version of modmeta: \(what)")
        }
        guard value["format"] == .string(SnapshotDocument.format) else {
            throw violation("its format is not \(SnapshotDocument.format)")
        }
        guard let name = value["name"]?.text else { throw violation("it has no name") }
        try SnapshotName.check(name)
        guard let content = value["hashes"]?["content"]?.text.flatMap({ Digest(hex: $0) }),
            let stated = value["hashes"]?["context"]?.text.flatMap({ Digest(hex: $0) })
        else { throw violation("it has no hashes of 64 digits") }
        let id = SemanticID(content: content, context: stated)
        guard value["id"] == .string(id.description) else { throw violation("its id does not match its hashes") }
        guard let context = value["context"], SemanticID.contextDigest(context) == stated else {
            throw violation("its context was edited: the hash does not match")
        }
        guard let paths = value["paths"]?.elements?.map(\.text), !paths.isEmpty else {
            throw violation("it has no paths")
        }
        var checked: [String] = []
        for path in paths {
            guard let path, SnapshotDocument.isInside(path) else {
                throw violation("a path is outside the repository")
            }
            checked.append(path)
        }
        if let found = SnapshotDocument.schema?.violation(of: value) {
            throw violation("\(found.path.isEmpty ? "it" : found.path) \(found.reason)")
        }
        (self.value, self.name, self.id, self.paths) = (value, name, id, checked)
    }

    /// Whether a path is below the top of a repository, or the top itself, `.`.
    private static func isInside(_ path: String) -> Bool {
        path == "."
            || !path.isEmpty
                && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                    !["", ".", "..", ".git"].contains($0)
                }
    }

    /// Creates a document that was parsed and validated before; nil if it lacks the basic keys.
    ///
    /// - Parameter json: the document as canonical JSON.
    public init?(trusting json: [UInt8]) {
        guard let value = try? JSONReader.value(of: json, "the index of snapshots"), let name = value["name"]?.text,
            let content = value["hashes"]?["content"]?.text.flatMap({ Digest(hex: $0) }),
            let context = value["hashes"]?["context"]?.text.flatMap({ Digest(hex: $0) })
        else { return nil }
        self.value = value
        self.name = name
        id = SemanticID(content: content, context: context)
        paths = value["paths"]?.elements?.compactMap(\.text) ?? []
    }

    /// The document's bytes.
    public var yaml: String { value.yaml }

    /// The creation time in UTC, in the format of RFC 3339.
    public var created: String { value["created"]?.text ?? "" }

    /// The value of a metric, or else of the trainer's state; it may be infinite or NaN.
    public func metric(_ name: String) -> Double? {
        let value = value["metrics"]?[name] ?? value["training"]?[name]
        // The index stores the document as JSON, in which such numbers are text.
        return value?.double ?? value?.text.flatMap { SpecialNumber(rawValue: $0)?.double }
    }

    /// Whether two documents are equal except for their time and commit.
    public func isSameSnapshot(as other: SnapshotDocument) -> Bool {
        var (left, right) = (value, other.value)
        for key in ["created", "code"] {
            left[key] = nil
            right[key] = nil
        }
        return left == right
    }

    /// One line for display: name, ID, training method, data, GPUs.
    public var summary: String {
        let data = value["context"]?["data"]?.elements?.compactMap { entry -> String? in
            guard let hash = entry["sha256"]?.text else { return nil }
            let name = entry["path"]?.text?.split(separator: "/").last.map(String.init) ?? "data"
            return "\(name)@\(hash.prefix(7))"
        }
        let gpus = value["context"]?["environment"]?["gpus"]?.elements?.compactMap(\.text) ?? []
        let parts = [
            name, id.description, value["method"]?["label"]?.text ?? "", data?.joined(separator: ", ") ?? "",
            gpus.joined(separator: ", "),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: " | ")
    }
}

internal import ModmetaFormats

/// What is known of a snapshot, as it lies in `.modmeta/snapshots/<name>.yaml`: docs/formats/snapshot.md.
public struct SnapshotDocument: Hashable, Sendable {
    /// The value of the key `format`.
    public static let format = "modmeta.snapshot/1"
    /// Where documents lie in a repository.
    public static let directory = ".modmeta/snapshots"

    /// Everything the document says, with the keys this program does not know.
    public private(set) var value: DocumentValue
    /// The snapshot's name.
    public let name: String
    /// The snapshot's semantic ID.
    public let id: SemanticID
    /// The checkpoint's files and directories, relative to the top of the repository.
    public let paths: [String]

    /// The JSON Schema that is shipped with the format; nil only in a broken build, which the tests would see.
    static let schema: ValueRule? = {
        guard let value = try? JSONReader.value(of: PackageResources.snapshot_schema_json, "snapshot.schema.json")
        else { return nil }
        return try? ValueRule(parsing: value, "a snapshot")
    }()

    /// Where the document of a name lies in a repository.
    public static func path(of name: String) -> String { "\(directory)/\(name).yaml" }

    /// Creates a document.
    ///
    /// - Parameters:
    ///   - created: the time in UTC, as RFC 3339 has it.
    ///   - content: the checkpoint's content.
    ///   - context: the object the context's hash is taken over.
    ///   - details: further keys, in order; a null one is left out.
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

    /// Reads a document and checks all that this program relies on, the context's hash too.
    ///
    /// - Parameter path: where the bytes are from, for errors.
    /// - Throws: `SnapshotError` with `syntax` or `document`.
    public init(parsing bytes: [UInt8], path: String) throws(SnapshotError) {
        let value = try YAMLReader.value(of: bytes, path)
        func violation(_ what: String) -> SnapshotError {
            SnapshotError(.document, "\(path) is no snapshot of this version of modmeta: \(what)")
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
        guard value["id"] == .string(id.description) else { throw violation("its id does not begin its hashes") }
        guard let context = value["context"], SemanticID.contextDigest(context) == stated else {
            throw violation("its context was edited: the hash is another")
        }
        guard let paths = value["paths"]?.elements?.map(\.text), !paths.isEmpty else {
            throw violation("it has no paths")
        }
        var checked: [String] = []
        for path in paths {
            guard let path, SnapshotDocument.isInside(path) else {
                throw violation("a path leads out of the repository")
            }
            checked.append(path)
        }
        if let found = SnapshotDocument.schema?.violation(of: value) {
            throw violation("\(found.path.isEmpty ? "it" : found.path) \(found.reason)")
        }
        (self.value, self.name, self.id, self.paths) = (value, name, id, checked)
    }

    /// Whether a path is one below the top of a repository, or the top itself, `.`.
    private static func isInside(_ path: String) -> Bool {
        path == "."
            || !path.isEmpty
                && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                    !["", ".", "..", ".git"].contains($0)
                }
    }

    /// Takes a document that was read and checked before; nil where it is not even like one.
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

    /// The time it was made, in UTC, as RFC 3339 has it.
    public var created: String { value["created"]?.text ?? "" }

    /// A number by its name, finite or not: of the metrics, else of what the trainer left.
    public func metric(_ name: String) -> Double? {
        let value = value["metrics"]?[name] ?? value["training"]?[name]
        // The index has the document as JSON, in which such numbers are text.
        return value?.double ?? value?.text.flatMap { SpecialNumber(rawValue: $0)?.double }
    }

    /// Whether another document says the same, but for when and on which commit it was made.
    public func isSameSnapshot(as other: SnapshotDocument) -> Bool {
        var (left, right) = (value, other.value)
        for key in ["created", "code"] {
            left[key] = nil
            right[key] = nil
        }
        return left == right
    }

    /// One line for people: name, ID, training method, data, GPUs.
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

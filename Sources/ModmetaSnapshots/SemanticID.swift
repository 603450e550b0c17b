public import ModmetaFormats

/// What a snapshot is known by: a hash of its content and a hash of its context, as docs/formats/semantic-id.md has it.
public struct SemanticID: Hashable, Sendable, CustomStringConvertible {
    /// The parts of a context, and the keys of the object its hash is taken over.
    public static let contextKeys = ["project", "base_model", "config", "data", "environment", "version", "domain"]

    /// The hash of the checkpoint's content.
    public var content: Digest
    /// The hash of the context that made it.
    public var context: Digest

    /// Creates an ID.
    public init(content: Digest, context: Digest) {
        self.content = content
        self.context = context
    }

    /// The ID for people: 16 digits of the content's hash, an underscore, 8 of the context's.
    public var description: String { "\(content.hex.prefix(16))_\(context.hex.prefix(8))" }

    /// The hash of a context: exactly the known parts, null where one is missing.
    public static func contextDigest(_ context: DocumentValue) -> Digest {
        SHA256.hash(
            DocumentValue.object(contextKeys.map { DocumentValue.Member($0, context[$0] ?? .null) }).canonicalJSON)
    }
}

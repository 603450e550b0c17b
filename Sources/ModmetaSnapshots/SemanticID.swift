public import ModmetaFormats

/// The identifier of a snapshot: a hash of its content and a hash of its context; see docs/formats/semantic-id.md.
public struct SemanticID: Hashable, Sendable, CustomStringConvertible {
    /// The parts of a context, which are the keys of the hashed object.
    public static let contextKeys = ["project", "base_model", "config", "data", "environment", "version", "domain"]

    /// The hash of the checkpoint's content.
    public var content: Digest
    /// The hash of the context in which it was made.
    public var context: Digest

    /// Creates an ID.
    public init(content: Digest, context: Digest) {
        self.content = content
        self.context = context
    }

    /// The ID for display: 16 digits of the content hash, an underscore, and 8 of the context hash.
    public var description: String { "\(content.hex.prefix(16))_\(context.hex.prefix(8))" }

    /// The hash of a context: exactly the known parts, with null for missing ones.
    public static func contextDigest(_ context: DocumentValue) -> Digest {
        SHA256.hash(
            DocumentValue.object(contextKeys.map { DocumentValue.Member($0, context[$0] ?? .null) }).canonicalJSON)
    }
}

/// The limits on documents; anything larger is not a configuration.
enum DocumentLimits {
    /// The bytes of a YAML or JSON text.
    static let byteCount = 64 << 20
    /// The values of a document, including repetitions by aliases.
    static let valueCount = 4 << 20
    /// The levels of nesting.
    static let depth = 64
}

/// How large a document may be; what is larger is no configuration.
enum DocumentLimits {
    /// The bytes of a YAML or JSON text.
    static let byteCount = 64 << 20
    /// The values of a document, those counted twice that an alias repeats.
    static let valueCount = 4 << 20
    /// How deep values nest.
    static let depth = 64
}

/// Something in a configuration file that a person should know before hours are spent.
public struct ConfigFinding: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Sendable {
        /// The file must not be used as it is.
        case error
        /// It may be meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The key, with the keys it lies under before it, with dots between.
    public var key: String
    /// The line in the file, from 1; nil where it is not known.
    public var line: Int?
    /// What is wrong, to be read after the key.
    public var message: String
    /// The key that was probably meant.
    public var suggestion: String?

    /// Creates a finding.
    public init(_ severity: Severity, key: String, line: Int? = nil, _ message: String, suggestion: String? = nil) {
        (self.severity, self.key, self.line, self.message) = (severity, key, line, message)
        self.suggestion = suggestion
    }
}

/// A problem in a configuration file that the user should see before training.
public struct ConfigFinding: Hashable, Sendable {
    /// The severity.
    public enum Severity: String, Sendable {
        /// The file must not be used as it is.
        case error
        /// It may be intended.
        case warning
    }

    /// The severity.
    public var severity: Severity
    /// The path of the key, separated by dots.
    public var key: String
    /// The line in the file, from 1; nil if it is unknown.
    public var line: Int?
    /// What is wrong, phrased to follow the key.
    public var message: String
    /// The key that was probably intended.
    public var suggestion: String?

    /// Creates a finding.
    public init(_ severity: Severity, key: String, line: Int? = nil, _ message: String, suggestion: String? = nil) {
        (self.severity, self.key, self.line, self.message) = (severity, key, line, message)
        self.suggestion = suggestion
    }
}

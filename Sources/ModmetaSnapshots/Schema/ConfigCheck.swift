/// The result of checking one configuration file.
public struct ConfigCheck: Hashable, Sendable {
    /// The file.
    public var path: String
    /// The kind of file; only training configurations are checked against a schema.
    public var kind: ConfigKind
    /// The training method: `lora`, `qlora` or `full`; nil for other kinds of files.
    public var method: TrainingMethod?
    /// The settings in the vocabulary of the schema: an object with canonical keys, in order.
    public var settings: DocumentValue
    /// The problems found.
    public var findings: [ConfigFinding]

    /// Whether no finding is an error.
    public var isAcceptable: Bool { !findings.contains { $0.severity == .error } }

    /// One finding as a line for display: location and message.
    public func line(of finding: ConfigFinding) -> String {
        let place = path + (finding.line.map { ":\($0)" } ?? "")
        let said = finding.message.hasPrefix("did you mean") ? ": " : " "
        let kind = finding.severity == .warning ? "warning: " : ""
        return "\(place): \(kind)\(finding.key)\(finding.key.isEmpty ? "" : said)\(finding.message)"
    }
}

/// What a look at one configuration file gave.
public struct ConfigCheck: Hashable, Sendable {
    /// The file.
    public var path: String
    /// What kind of file it is; only training configurations are held to a schema.
    public var kind: ConfigKind
    /// How it trains: `lora`, `qlora` or `full`; nil for other kinds of files.
    public var method: TrainingMethod?
    /// What the file says in the vocabulary of the schema: an object of canonical keys, in order.
    public var settings: DocumentValue
    /// What is wrong.
    public var findings: [ConfigFinding]

    /// Whether nothing forbids to use the file.
    public var isAcceptable: Bool { !findings.contains { $0.severity == .error } }

    /// One of the findings as a line for people: where, and what.
    public func line(of finding: ConfigFinding) -> String {
        let place = path + (finding.line.map { ":\($0)" } ?? "")
        let said = finding.message.hasPrefix("did you mean") ? ": " : " "
        let kind = finding.severity == .warning ? "warning: " : ""
        return "\(place): \(kind)\(finding.key)\(finding.key.isEmpty ? "" : said)\(finding.message)"
    }
}

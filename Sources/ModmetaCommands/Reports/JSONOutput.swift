internal import FoundationEssentials
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots

/// Results for scripts: one JSON document with sorted keys.
enum JSONOutput {
    /// Writes a report to standard output, without credentials that its messages may hold.
    static func print(_ value: some Encodable) throws { Terminal.print(json: Redaction.redacted(try text(of: value))) }

    /// Writes a document to standard output as it is: what it holds was looked through before it was kept.
    static func print(_ document: DocumentValue) throws { Terminal.print(json: try text(of: document)) }

    /// Writes documents to standard output as they are.
    static func print(_ documents: [DocumentValue]) throws { Terminal.print(json: try text(of: documents)) }

    private static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

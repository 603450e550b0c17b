internal import FoundationEssentials

/// Results for scripts: one JSON document with sorted keys.
enum JSONOutput {
    /// Writes a value to standard output.
    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Terminal.print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

internal import ModmetaFormats

/// The members of one line of git-lfs that mean something to us, before it is known which of them the line needs.
struct LFSAgentFields {
    private enum Value {
        case text(String)
        case integer(Int64)
        case numberOutOfRange
        case null
        case other
    }

    private static let names: Set<ByteString> = ["event", "operation", "remote", "oid", "size", "path"]

    private var values: [ByteString: Value] = [:]

    /// Reads the members of a line.
    ///
    /// - Throws: `LFSAgentError` if the line is not one JSON object.
    init(parsing line: String) throws(LFSAgentError) {
        let bytes = Array(line.utf8)
        var scanner = JSONScanner(bytes, in: 0..<bytes.count)
        var values: [ByteString: Value] = [:]
        do throws(FormatError) {
            try scanner.members(of: "the message") { (scanner, key, _) throws(FormatError) in
                if LFSAgentFields.names.contains(key) {
                    values[key] = try LFSAgentFields.value(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
            try scanner.expectEnd()
        } catch {
            throw LFSAgentError(.malformedMessage, "git-lfs sent a line that is not one JSON object")
        }
        self.values = values
    }

    private static func value(_ scanner: inout JSONScanner) throws(FormatError) -> Value {
        switch try scanner.peek("a value") {
        case UInt8(ascii: "\""): return .text(try scanner.string("a value"))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            var trial = scanner
            if let integer = try? trial.integer("a value") {
                scanner = trial
                return .integer(integer)
            }
            try scanner.skipValue()
            return .numberOutOfRange
        case UInt8(ascii: "n"):
            try scanner.skipValue()
            return .null
        default:
            try scanner.skipValue()
            return .other
        }
    }

    /// A text that must be there.
    func text(_ name: String, object: String? = nil) throws(LFSAgentError) -> String {
        switch values[ByteString(name)] {
        case .text(let text): return text
        case nil: throw missing(name, object)
        default: throw unsuitable(name, object)
        }
    }

    /// A text that may be absent or `null`.
    func optionalText(_ name: String, object: String? = nil) throws(LFSAgentError) -> String? {
        switch values[ByteString(name)] {
        case .text(let text): return text
        case .null, nil: return nil
        default: throw unsuitable(name, object)
        }
    }

    /// A whole number that must be there.
    func integer(_ name: String, object: String? = nil) throws(LFSAgentError) -> Int64 {
        switch values[ByteString(name)] {
        case .integer(let integer): return integer
        case .numberOutOfRange:
            throw LFSAgentError(
                .malformedMessage, "git-lfs sent a message with a number out of range", object: object)
        case nil: throw missing(name, object)
        default: throw unsuitable(name, object)
        }
    }

    private func missing(_ name: String, _ object: String?) -> LFSAgentError {
        LFSAgentError(.malformedMessage, "git-lfs sent a message without \"\(name)\"", object: object)
    }

    private func unsuitable(_ name: String, _ object: String?) -> LFSAgentError {
        LFSAgentError(.malformedMessage, "git-lfs sent a message with an unsuitable \"\(name)\"", object: object)
    }
}

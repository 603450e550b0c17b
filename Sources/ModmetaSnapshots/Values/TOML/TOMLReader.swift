internal import ModmetaFormats

/// Parses a TOML text (version 1.0) into a value; see docs/formats/semantic-id.md, "Context".
///
/// Written here because the rules are few and their edge cases affect semantic IDs. Dates and times stay text as
/// written.
struct TOMLReader {
    /// A parsed text with the lines of its keys.
    struct Reading {
        var value: DocumentValue
        /// The line of each key, by its path.
        var lines: [ByteString: Int]
    }

    /// The reason why a text is not TOML.
    struct Problem: Error { var words: String }

    let bytes: [UInt8]
    var position = 0
    private(set) var line = 1
    private var valueCount = 0
    private var lines: [ByteString: Int] = [:]
    /// The path of the last header.
    private var place = ""

    /// Parses the whole text.
    ///
    /// - Parameter what: the text, for errors, for example its path.
    /// - Throws: `SnapshotError` with `syntax`.
    static func reading(_ bytes: [UInt8], _ what: String) throws(SnapshotError) -> Reading {
        guard bytes.count <= DocumentLimits.byteCount, String(validating: bytes, as: UTF8.self) != nil else {
            throw SnapshotError(.syntax, "\(what) is not UTF-8, or longer than \(DocumentLimits.byteCount) bytes")
        }
        var reader = TOMLReader(bytes: bytes)
        do throws(Problem) {
            let value = try reader.document()
            return Reading(value: value, lines: reader.lines)
        } catch {
            throw SnapshotError(.syntax, "\(what) is not TOML: \(error.words) at line \(reader.line)")
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() throws(Problem) -> DocumentValue {
        let root = TOMLTable(.header)
        var table = root
        var path: [String] = []
        while try skipToExpression() {
            if consume("[[") {
                path = try header(end: "]]")
                table = try naming(path) { () throws(TOMLTable.Violation) in try root.appendedTable(at: path) }
            } else if consume("[") {
                path = try header(end: "]")
                table = try naming(path) { () throws(TOMLTable.Violation) in try root.table(at: path) }
            } else {
                let start = line
                let keys = try keyValue(under: path, in: table, depth: 1)
                recordLine(keys, under: place, at: start)
            }
            try endOfLine()
        }
        return root.value
    }

    /// Reads `key = value` into a table and returns the parts of the key.
    private mutating func keyValue(
        under path: [String], in table: TOMLTable, depth: Int
    ) throws(Problem) -> [String] {
        let keys = try key()
        guard consume("=") else { throw Problem(words: "a key is not followed by =") }
        skipBlanks()
        try count(keys.count, depth: depth + path.count + keys.count)
        let value = try value(depth: depth + path.count + keys.count)
        try naming(path + keys) { () throws(TOMLTable.Violation) in try table.set(keys, value) }
        return keys
    }

    /// Reads the members of an inline table after its opening brace.
    mutating func inlineTable(depth: Int) throws(Problem) -> DocumentValue {
        let table = TOMLTable(.header)
        skipBlanks()
        if consume("}") { return .object([]) }
        while true {
            skipBlanks()
            _ = try keyValue(under: [], in: table, depth: depth)
            skipBlanks()
            if consume("}") { return table.value }
            guard consume(",") else { throw Problem(words: "an inline table has neither , nor }") }
        }
    }

    private mutating func header(end: String) throws(Problem) -> [String] {
        skipBlanks()
        let keys = try key()
        guard consume(end) else { throw Problem(words: "a header does not end with \(end)") }
        try count(keys.count, depth: keys.count)
        place = recordLine(keys, under: "", at: line)
        return keys
    }

    /// Reads a dotted key and the spaces after it.
    private mutating func key() throws(Problem) -> [String] {
        var keys: [String] = []
        while true {
            skipBlanks()
            switch peek {
            case UInt8(ascii: "\"")?, UInt8(ascii: "'")?: keys.append(try string(isKey: true))
            default:
                let word = read(while: TOMLReader.isBareKeyByte)
                guard !word.isEmpty else { throw Problem(words: "a key is missing") }
                keys.append(String(decoding: word, as: UTF8.self))
            }
            skipBlanks()
            guard keys.count < DocumentLimits.depth else { throw Problem(words: "a key has too many parts") }
            if !consume(".") { return keys }
        }
    }

    private func naming<Result>(
        _ path: [String], _ body: () throws(TOMLTable.Violation) -> Result
    ) throws(Problem) -> Result {
        do throws(TOMLTable.Violation) { return try body() } catch {
            throw Problem(words: "the key \(String(path.joined(separator: ".").prefix(80))) \(error.reason)")
        }
    }

    /// Records the line of a key and returns its path; does not record a path longer than settings have.
    @discardableResult
    private mutating func recordLine(_ keys: [String], under place: String, at line: Int) -> String {
        guard place.utf8.count <= 256 else { return place }
        let path = (place.isEmpty ? keys : [place] + keys).joined(separator: ".")
        if path.utf8.count <= 256, lines[ByteString(path)] == nil { lines[ByteString(path)] = line }
        return path
    }

    /// Counts values against the limits of a document.
    mutating func count(_ values: Int, depth: Int) throws(Problem) {
        valueCount += values
        guard depth < DocumentLimits.depth, valueCount <= DocumentLimits.valueCount else {
            throw Problem(words: "there are too many values, or values nested too deeply")
        }
    }
}

extension TOMLReader {
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Consumes some bytes if they are next.
    mutating func consume(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    /// Consumes bytes as long as they satisfy a condition.
    mutating func read(while isIncluded: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count, isIncluded(bytes[position]) { position += 1 }
        return bytes[start..<position]
    }

    mutating func skipBlanks() { _ = read { $0 == 0x20 || $0 == 0x09 } }

    /// Consumes one line end if it is next.
    mutating func consumeNewline() -> Bool {
        guard consume("\n") || consume("\r\n") else { return false }
        line += 1
        return true
    }

    /// Skips spaces, comments and line ends.
    mutating func skipBlankLines() throws(Problem) {
        while true {
            skipBlanks()
            try skipComment()
            if !consumeNewline() { return }
        }
    }

    private mutating func skipToExpression() throws(Problem) -> Bool {
        try skipBlankLines()
        return position < bytes.count
    }

    private mutating func endOfLine() throws(Problem) {
        skipBlanks()
        try skipComment()
        guard position == bytes.count || consumeNewline() else {
            throw Problem(words: "more text follows on the same line")
        }
    }

    private mutating func skipComment() throws(Problem) {
        guard consume("#") else { return }
        _ = read { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        guard let next = peek, next != UInt8(ascii: "\n") else { return }
        guard next == UInt8(ascii: "\r"), bytes[position...].starts(with: "\r\n".utf8) else {
            throw Problem(words: "a comment has a control character")
        }
    }

    private static func isBareKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

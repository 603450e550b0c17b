internal import ModmetaFormats

/// Parses a YAML text into a value; `PlainScalar` resolves unquoted text.
///
/// Aliases may repeat a value with an anchor; each repetition counts against the limits like the value itself.
struct YAMLReader: ~Copyable {
    private let what: String
    private var events: YAMLEvents
    private var valueCount = 0
    /// The bytes of all texts, including repetitions by aliases.
    private var byteCount = 0
    private var anchors: [ByteString: Anchored] = [:]

    /// A value that aliases may repeat, and its number of values.
    private struct Anchored {
        var value: DocumentValue
        var count: Int
        var depth: Int
        /// The bytes of all its texts.
        var byteCount: Int
    }

    /// Parses the only document of a text; an empty text is `null`.
    ///
    /// - Parameter what: the text, for errors, for example its path.
    /// - Throws: `SnapshotError` with `syntax`.
    static func value(of bytes: [UInt8], _ what: String) throws(SnapshotError) -> DocumentValue {
        guard bytes.count <= DocumentLimits.byteCount, String(validating: bytes, as: UTF8.self) != nil else {
            throw SnapshotError(.syntax, "\(what) is not UTF-8, or longer than \(DocumentLimits.byteCount) bytes")
        }
        var reader = YAMLReader(what: what, events: YAMLEvents(bytes))
        guard try reader.next() == .document else { return .null }
        let value = try reader.value(at: try reader.next(), depth: 0).value
        guard try reader.next() == .end else {
            throw SnapshotError(
                .syntax,
                "\(what) holds more than one YAML document (the second starts at line \(reader.events.line)); keep one"
            )
        }
        return value
    }

    private init(what: String, events: consuming YAMLEvents) {
        self.what = what
        self.events = events
    }

    private mutating func next() throws(SnapshotError) -> YAMLEvents.Event {
        do {
            return try events.next()
        } catch {
            throw SnapshotError(
                .syntax, "\(what) is not YAML: \(error.words) at line \(error.line), column \(error.column)")
        }
    }

    /// Returns the value that an event starts, and the depth of its nested values.
    private mutating func value(
        at event: YAMLEvents.Event, depth: Int
    ) throws(SnapshotError) -> (value: DocumentValue, depth: Int) {
        try count(1, depth: depth)
        let before = valueCount - 1
        let bytesBefore = byteCount
        var anchor: String?
        var result: (value: DocumentValue, depth: Int)
        switch event {
        case .scalar(let text, let form, let name):
            anchor = name
            byteCount += text.utf8.count
            result = (YAMLReader.value(of: text, form), 0)
        case .sequence(let name):
            anchor = name
            result = try sequence(depth: depth)
        case .mapping(let name):
            anchor = name
            result = try mapping(depth: depth)
        case .alias(let name):
            guard let known = anchors[ByteString(name)] else {
                throw SnapshotError(.syntax, "\(what) has the alias *\(name) without an anchor before it")
            }
            byteCount += known.byteCount
            try count(known.count - 1, depth: depth + known.depth)
            return (known.value, known.depth)
        case .close, .document, .end: throw SnapshotError(.syntax, "\(what) is not YAML: a value is missing")
        }
        if let anchor {
            anchors[ByteString(anchor)] = Anchored(
                value: result.value, count: valueCount - before, depth: result.depth, byteCount: byteCount - bytesBefore
            )
        }
        return result
    }

    private static func value(of text: String, _ form: YAMLEvents.Form) -> DocumentValue {
        switch form {
        case .plain: PlainScalar.value(text)
        case .quoted: .string(text)
        // A text that does not fit its tag is what it is without it.
        case .tagged(let tag): tag.value(text) ?? PlainScalar.value(text)
        }
    }

    private mutating func sequence(depth: Int) throws(SnapshotError) -> (value: DocumentValue, depth: Int) {
        var elements: [DocumentValue] = []
        var deepest = 0
        while true {
            let event = try next()
            if event == .close { return (.array(elements), deepest) }
            let element = try value(at: event, depth: depth + 1)
            deepest = max(deepest, element.depth + 1)
            elements.append(element.value)
        }
    }

    private mutating func mapping(depth: Int) throws(SnapshotError) -> (value: DocumentValue, depth: Int) {
        var members: [DocumentValue.Member] = []
        var lines: [ByteString: Int] = [:]
        var deepest = 0
        var merge = YAMLMerge()
        while true {
            let event = try next()
            if event == .close { return (.object(merge.added(to: members)), deepest) }
            let line = events.line
            guard case .scalar(let key, let form, _) = event else {
                throw SnapshotError(.syntax, "\(what) has a key that is not text at line \(line)")
            }
            byteCount += key.utf8.count
            if let first = lines.updateValue(line, forKey: ByteString(key)) {
                throw SnapshotError(.syntax, "\(what) has the key \(key) twice, on lines \(first) and \(line)")
            }
            let content = try value(at: try next(), depth: depth + 1)
            deepest = max(deepest, content.depth + 1)
            if form == .plain, key.hasSameBytes(as: YAMLMerge.key) {
                guard merge.add(content.value) else {
                    throw SnapshotError(.syntax, "\(what) merges a value that is not a mapping at line \(line)")
                }
                continue
            }
            members.append(DocumentValue.Member(key, content.value))
        }
    }

    private mutating func count(_ values: Int, depth: Int) throws(SnapshotError) {
        valueCount += values
        guard depth < DocumentLimits.depth, valueCount <= DocumentLimits.valueCount,
            byteCount <= DocumentLimits.byteCount
        else {
            throw SnapshotError(.syntax, "\(what) has too many values, or values nested too deeply")
        }
    }
}

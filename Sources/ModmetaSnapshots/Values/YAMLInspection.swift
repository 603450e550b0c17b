internal import ModmetaFormats

/// Additional information about a YAML text: the lines of keys, and values that loaders read differently.
///
/// What aliases repeat was seen at its anchor.
struct YAMLInspection {
    /// A plain scalar that PyYAML, which implements YAML 1.1, reads differently from YAML 1.2.
    struct Trap: Hashable {
        /// The keys and indices that lead to it, separated by dots.
        var path: String
        /// The line, from 1.
        var line: Int
        /// How it is read, and what to write instead.
        var message: String
    }

    private(set) var lines = DocumentLines()
    private(set) var traps: [Trap] = []
    /// The path of the value that has each anchor.
    private var anchors: [ByteString: ByteString] = [:]

    /// Inspects a text that `YAMLReader` accepted; in any other text, only the part before the first error.
    init(_ bytes: [UInt8]) {
        var events = YAMLEvents(bytes)
        do throws(YAMLEvents.Problem) {
            while true {
                let event = try events.next()
                if event == .end { return }
                try visit(event, of: &events, path: "", depth: 0)
            }
        } catch {
            // The reader of the values reports what is wrong with the text.
        }
    }

    private mutating func visit(
        _ event: YAMLEvents.Event, of events: inout YAMLEvents, path: String, depth: Int
    ) throws(YAMLEvents.Problem) {
        switch event {
        case .scalar(let text, let form, _):
            guard YAMLInspection.isOpen(text, form), let message = LegacyScalar.difference(of: text) else { return }
            traps.append(Trap(path: path, line: events.line, message: message))
        case .sequence(let anchor):
            note(anchor, at: path)
            var index = 0
            while let element = try element(of: &events, depth: depth) {
                try visit(element, of: &events, path: joined(path, "\(index)"), depth: depth + 1)
                index += 1
            }
        case .mapping(let anchor):
            note(anchor, at: path)
            while let key = try element(of: &events, depth: depth) {
                guard case .scalar(let name, let form, _) = key else { throw tooUnusual(events) }
                // What is merged counts as if it stood beside.
                let isMerge = form == .plain && name.hasSameBytes(as: YAMLMerge.key)
                let place = isMerge ? path : joined(path, name)
                if !isMerge, place.utf8.count <= YAMLInspection.pathLimit { lines.note(place, line: events.line) }
                let value = try events.next()
                guard isMerge, case .sequence = value else {
                    try visit(value, of: &events, path: place, depth: depth + 1)
                    continue
                }
                while let source = try element(of: &events, depth: depth + 1) {
                    try visit(source, of: &events, path: path, depth: depth + 2)
                }
            }
        case .alias(let name): if let source = anchors[ByteString(name)] { lines.note(path, repeats: source) }
        case .document, .close, .end: break
        }
    }

    /// Whether a scalar leaves it to the loader what it stands for.
    private static func isOpen(_ text: String, _ form: YAMLEvents.Form) -> Bool {
        switch form {
        case .plain: true
        case .quoted: false
        case .tagged(.text): false
        // Every loader reads what is called a number as one.
        case .tagged(.number): PlainScalar.number(text) == nil
        case .tagged: true
        }
    }

    private mutating func note(_ anchor: String?, at path: String) {
        if let anchor { anchors[ByteString(anchor)] = ByteString(path) }
    }

    /// The next event of a list or of keys and values, or nil at their end.
    private func element(of events: inout YAMLEvents, depth: Int) throws(YAMLEvents.Problem) -> YAMLEvents.Event? {
        guard depth < DocumentLimits.depth else { throw tooUnusual(events) }
        let event = try events.next()
        return event == .close ? nil : event
    }

    private func tooUnusual(_ events: borrowing YAMLEvents) -> YAMLEvents.Problem {
        YAMLEvents.Problem(words: "this is not looked at", line: events.line, column: 1)
    }

    /// The bytes of the longest path kept in full; thousands of keys may be below one long key.
    private static let pathLimit = 256

    private func joined(_ path: String, _ key: String) -> String {
        guard path.utf8.count <= YAMLInspection.pathLimit else { return path }
        return path.isEmpty ? key : "\(path).\(key)"
    }
}

internal import ModmetaFormats

/// Additional information about a YAML text: the lines of keys, and values that loaders read differently.
///
/// Aliases are skipped: what they repeat was inspected at its anchor.
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

    /// The line of each key, by its path.
    private(set) var lines: [ByteString: Int] = [:]
    private(set) var traps: [Trap] = []

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
        case .scalar(let text, isPlain: true, _):
            guard let message = LegacyScalar.difference(of: text) else { return }
            traps.append(Trap(path: path, line: events.line, message: message))
        case .sequence:
            var index = 0
            while let element = try element(of: &events, depth: depth) {
                try visit(element, of: &events, path: joined(path, "\(index)"), depth: depth + 1)
                index += 1
            }
        case .mapping:
            while let key = try element(of: &events, depth: depth) {
                guard case .scalar(let name, _, _) = key else { throw tooUnusual(events) }
                // Merged members count as direct members.
                let place = name.hasSameBytes(as: YAMLMerge.key) ? path : joined(path, name)
                if place.utf8.count <= YAMLInspection.pathLimit, lines[ByteString(place)] == nil {
                    lines[ByteString(place)] = events.line
                }
                try visit(try events.next(), of: &events, path: place, depth: depth + 1)
            }
        case .scalar, .alias, .document, .close, .end: break
        }
    }

    /// Returns the next event of a list or mapping, or nil at its end.
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

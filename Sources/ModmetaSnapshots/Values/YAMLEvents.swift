internal import CYAML

/// What a YAML text holds, one event after the other, as libyaml's parser tells it.
///
/// The parser keeps its own copy of no more than a part of the text; nesting costs it no stack.
struct YAMLEvents: ~Copyable {
    /// One event; the ends of streams and documents are `end`.
    enum Event: Equatable {
        /// Text, and how it says what it stands for.
        case scalar(String, Form, anchor: String?)
        /// A list begins.
        case sequence(anchor: String?)
        /// Keys and values begin.
        case mapping(anchor: String?)
        /// The list, or the keys and values, end.
        case close
        /// The value that had this anchor, once more.
        case alias(String)
        /// A document begins.
        case document
        /// The stream ends.
        case end
    }

    /// How a scalar says what it stands for.
    enum Form: Equatable {
        /// Without quotes, so that it may be a number or the like.
        case plain
        /// In quotes or as a block: text.
        case quoted
        /// By a tag, in quotes or not.
        case tagged(ScalarTag)
    }

    /// Why a text is not YAML.
    struct Problem: Error {
        /// In the words of libyaml.
        var words: String
        /// The line, from 1.
        var line: Int
        /// The column, from 1.
        var column: Int
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// Prepares to read a text in UTF-8; the mark with which some editors begin a file is passed over.
    init(_ bytes: [UInt8]) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        text = .allocate(capacity: bytes.count)
        _ = text.initialize(fromContentsOf: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // It fails for want of memory only; `next` then says that it has no input.
        _ = yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress ?? UnsafeMutablePointer(bitPattern: 1), text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// The line the last event begins on, from 1.
    private(set) var line = 1

    /// The next event; after `end` there is none, and this must not be called again.
    mutating func next() throws(Problem) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
            defer { yaml_event_delete(&event) }
            line = Int(clamping: event.start_mark.line) + 1
            switch event.type {
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                return .scalar(
                    String(decoding: value, as: UTF8.self), form(scalar.tag, scalar.style),
                    anchor: name(scalar.anchor))
            case YAML_SEQUENCE_START_EVENT: return .sequence(anchor: name(event.data.sequence_start.anchor))
            case YAML_MAPPING_START_EVENT: return .mapping(anchor: name(event.data.mapping_start.anchor))
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .close
            case YAML_ALIAS_EVENT: return .alias(name(event.data.alias.anchor) ?? "")
            case YAML_DOCUMENT_START_EVENT: return .document
            case YAML_STREAM_END_EVENT: return .end
            default: continue
            }
        }
    }

    /// Other tags than the known ones say nothing here.
    private func form(_ tag: UnsafePointer<yaml_char_t>?, _ style: yaml_scalar_style_t) -> Form {
        if let tag = name(tag).flatMap(ScalarTag.init) { return .tagged(tag) }
        return style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
    }

    private func name(_ text: UnsafePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func problem() -> Problem {
        let words = parser.pointee.problem.map { String(cString: $0) } ?? "the parser has no memory"
        // A problem of the encoding has an offset and no mark; the text is valid UTF-8, so only control characters do.
        let mark = parser.pointee.problem_mark
        return Problem(words: words, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}

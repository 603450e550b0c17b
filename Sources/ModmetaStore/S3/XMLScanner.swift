internal import ModmetaFormats

/// Reads a whole document of elements and text; attributes, comments and declarations are passed over.
///
/// Strict where bytes could have been damaged: tags must match, entities must be known. A document type, which could
/// define entities, is refused. Memory is bounded by the document's size and `elementLimit`.
struct XMLScanner {
    /// The deepest nesting.
    static let depthLimit = 16
    /// The most elements.
    static let elementLimit = 50_000

    private let bytes: [UInt8]
    private var position = 0

    /// The root element of a document; nil if it is not well-formed or exceeds a limit.
    static func root(of bytes: [UInt8]) -> XMLElement? {
        var scanner = XMLScanner(bytes: bytes)
        return scanner.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() -> XMLElement? {
        var open: [XMLElement] = []
        var root: XMLElement?
        var count = 0
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                guard let text = text() else { return nil }
                if open.isEmpty {
                    guard text.utf8.allSatisfy({ $0 <= 0x20 }) else { return nil }
                } else {
                    open[open.count - 1].text += text
                }
                continue
            }
            if skip("<?", to: "?>") || skip("<!--", to: "-->") { continue }
            guard let tag = tag(), !tag.name.isEmpty else { return nil }
            switch tag.kind {
            case .opening, .empty:
                count += 1
                guard root == nil, open.count < XMLScanner.depthLimit, count <= XMLScanner.elementLimit else {
                    return nil
                }
                open.append(XMLElement(name: tag.name))
                if tag.kind == .opening { continue }
            case .closing:
                guard open.last?.name == tag.name else { return nil }
            }
            guard let closed = open.popLast() else { return nil }
            if open.isEmpty { root = closed } else { open[open.count - 1].children.append(closed) }
        }
        return open.isEmpty ? root : nil
    }

    private enum TagKind { case opening, closing, empty }

    /// Reads from `<` to `>`.
    private mutating func tag() -> (name: String, kind: TagKind)? {
        var end = position + 1
        var quote: UInt8?
        while end < bytes.count, quote != nil || bytes[end] != UInt8(ascii: ">") {
            if let open = quote {
                if bytes[end] == open { quote = nil }
            } else if bytes[end] == UInt8(ascii: "\"") || bytes[end] == UInt8(ascii: "'") {
                quote = bytes[end]
            } else if bytes[end] == UInt8(ascii: "<") {
                return nil
            }
            end += 1
        }
        guard end < bytes.count else { return nil }
        var content = bytes[(position + 1)..<end]
        position = end + 1
        var kind = TagKind.opening
        if content.first == UInt8(ascii: "/") {
            kind = .closing
            content = content.dropFirst()
        } else if content.last == UInt8(ascii: "/") {
            kind = .empty
            content = content.dropLast()
        }
        let qualified = content.prefix { $0 > 0x20 }
        let name = qualified.split(separator: UInt8(ascii: ":")).last ?? []
        let isName = name.allSatisfy { byte in
            (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x5f
        }
        return isName ? (String(decoding: name, as: UTF8.self), kind) : nil
    }

    /// Passes over what begins and ends with some marks.
    private mutating func skip(_ start: String, to end: String) -> Bool {
        guard bytes[position...].starts(with: start.utf8) else { return false }
        let mark = Array(end.utf8)
        var index = position + start.utf8.count
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0], bytes[index..<(index + mark.count)].elementsEqual(mark) {
                position = index + mark.count
                return true
            }
            index += 1
        }
        return false
    }

    /// Reads to the next `<`.
    private mutating func text() -> String? {
        let raw = bytes[position...].prefix { $0 != UInt8(ascii: "<") }
        position += raw.count
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            guard raw[index] == UInt8(ascii: "&") else {
                decoded.append(raw[index])
                index += 1
                continue
            }
            // The longest entity that means anything is &#1114111;.
            let name = raw[(index + 1)...].prefix(9).prefix { $0 != UInt8(ascii: ";") }
            guard name.endIndex < raw.endIndex, raw[name.endIndex] == UInt8(ascii: ";"),
                let character = XMLScanner.entity(ByteString(String(decoding: name, as: UTF8.self)))
            else { return nil }
            decoded += String(character).utf8
            index = name.endIndex + 1
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func entity(_ name: ByteString) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.bytes.first == UInt8(ascii: "#") else { return nil }
            let digits = Substring(name.bytes.dropFirst())
            let isHex = digits.utf8.first == UInt8(ascii: "x")
            let number = isHex ? UInt32(Substring(digits.utf8.dropFirst()), radix: 16) : UInt32(digits)
            return number.flatMap { UnicodeScalar($0) }.map { Character($0) }
        }
    }
}

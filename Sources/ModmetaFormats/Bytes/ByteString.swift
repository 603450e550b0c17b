/// Untrusted text as a key: compared, ordered and hashed by its UTF-8 bytes.
///
/// Swift compares and hashes a `String` by its Unicode normalisation. For untrusted text that is wrong twice: names
/// that a format tells apart become equal, and a run of n combining marks costs n² steps. Bytes cost n.
public struct ByteString: Hashable, Comparable, Sendable {
    /// The text.
    public let text: String

    /// Wraps a text.
    public init(_ text: String) { self.text = text }

    /// Wraps a part of a text.
    public init(_ text: Substring) { self.text = String(text) }

    /// The bytes of the text.
    public var bytes: String.UTF8View { text.utf8 }

    /// Whether two texts have the same bytes.
    public static func == (left: ByteString, right: ByteString) -> Bool { left.text.hasSameBytes(as: right.text) }

    /// Whether the bytes of one text precede those of another.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// Hashes the bytes, and a byte that UTF-8 never contains.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}

extension ByteString: ExpressibleByStringLiteral, CustomStringConvertible {
    /// Wraps a literal of the program.
    public init(stringLiteral text: String) { self.text = text }

    /// The text.
    public var description: String { text }
}

/// Comparisons of untrusted text that ignore its characters.
extension StringProtocol {
    /// Whether the text has exactly the bytes of another.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// Whether the text starts with the bytes of another.
    public func hasBytePrefix(_ prefix: some StringProtocol) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Whether the text ends with the bytes of another.
    public func hasByteSuffix(_ suffix: some StringProtocol) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// Whether the text contains the bytes of another, non-empty text.
    public func hasBytes(of part: some StringProtocol) -> Bool {
        var rest = utf8[...]
        guard let first = part.utf8.first else { return true }
        while let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: part.utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}

extension Sequence<String> {
    /// The texts ordered by their bytes.
    public func sortedByBytes() -> [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// Whether one of the texts has the same bytes as another.
    public func hasText(_ text: some StringProtocol) -> Bool { contains { $0.hasSameBytes(as: text) } }
}

internal import ModmetaFormats

/// A value of a YAML, JSON or TOML document, which keeps the order of keys.
public enum DocumentValue: Hashable, Sendable {
    /// One key and its value.
    public struct Member: Hashable, Sendable {
        /// The key.
        public var key: String
        /// The value.
        public var value: DocumentValue

        /// Creates a member.
        public init(_ key: String, _ value: DocumentValue) {
            self.key = key
            self.value = value
        }
    }

    /// Null.
    case null
    /// True or false.
    case bool(Bool)
    /// An integer.
    case integer(Int64)
    /// A finite number that is not written as an integer.
    case number(Double)
    /// A number that is not finite.
    case special(SpecialNumber)
    /// Text.
    case string(String)
    /// Values in order.
    case array([DocumentValue])
    /// Members in order, with unique keys.
    case object([Member])

    /// The value of a key; nil if this is not an object or lacks the key.
    ///
    /// Setting nil removes the key.
    public subscript(key: String) -> DocumentValue? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.key.hasSameBytes(as: key) }?.value
        }
        set {
            var members: [Member] = []
            if case .object(let present) = self { members = present }
            let index = members.firstIndex { $0.key.hasSameBytes(as: key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key, value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// The text, if this is text.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, if this is one.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .special(let value): value.double
        default: nil
        }
    }

    /// The value for a number, finite or not.
    public static func real(_ value: Double) -> DocumentValue {
        SpecialNumber(value).map { .special($0) } ?? .number(value)
    }

    /// The elements, if this is an array.
    public var elements: [DocumentValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members, if this is an object.
    public var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
}

/// Texts are compared by their bytes: canonically equivalent texts are different values.
extension DocumentValue {
    /// Whether two values are equal.
    public static func == (left: DocumentValue, right: DocumentValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.special(let left), .special(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .special(let value): hasher.combine(value)
        case .string(let value): hasher.combine(ByteString(value))
        case .array(let elements): hasher.combine(elements)
        case .object(let members): hasher.combine(members)
        }
    }
}

extension DocumentValue.Member {
    /// Whether two members have the same key and value.
    public static func == (left: DocumentValue.Member, right: DocumentValue.Member) -> Bool {
        left.key.hasSameBytes(as: right.key) && left.value == right.value
    }

    /// Hashes key and value.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(key))
        hasher.combine(value)
    }
}

extension DocumentValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Creates an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Creates null.
    public init(nilLiteral: ()) { self = .null }
    /// Creates true or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates a number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Creates an array.
    public init(arrayLiteral elements: DocumentValue...) { self = .array(elements) }
    /// Creates an object with its members in the order written.
    public init(dictionaryLiteral elements: (String, DocumentValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }
}

extension DocumentValue: Encodable {
    private struct MemberKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Encodes the value itself, without a wrapper.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: MemberKey.self)
            for member in members { try container.encode(member.value, forKey: MemberKey(stringValue: member.key)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .integer(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .number(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .special(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value.rawValue)
        case .string(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}

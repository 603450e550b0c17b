internal import ModmetaFormats

/// What a value of a document may be: the part of JSON Schema 2020-12 that our schemas are written in.
///
/// Known are `type`, `const`, `enum`, `minimum`, `exclusiveMinimum`, `maximum`, `exclusiveMaximum`, `minLength`,
/// `pattern`, `minItems`, `items`, `required`, `properties` and `additionalProperties`.
struct ValueRule: Sendable {
    /// What members without a rule of their own may be.
    enum Others: Sendable {
        case anything, nothing
        case each([ValueRule])
    }

    /// The words that a rule is made of, and those that say nothing about values.
    static let words: Set<String> = [
        "type", "const", "enum", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "pattern",
        "minItems", "items", "required", "properties", "additionalProperties", "$schema", "title", "description",
    ]
    private static let typeNames: Set<String> = [
        "null", "boolean", "integer", "number", "string", "array", "object",
    ]

    /// The names of the types; empty where any will do.
    private(set) var types: [String] = []
    /// The values of `enum`, in order; nil where all others will do.
    private(set) var allowed: [DocumentValue]?
    private(set) var allowedSet: Set<DocumentValue> = []
    private(set) var limits: [(word: String, limit: Double)] = []
    private(set) var pattern: Pattern?
    private(set) var leastLength = 0
    private(set) var leastCount = 0
    /// One rule, or none.
    private(set) var items: [ValueRule] = []
    private(set) var required: [String] = []
    private(set) var properties: [ByteString: ValueRule] = [:]
    private(set) var others = Others.anything

    /// Reads a rule.
    ///
    /// - Parameter place: where the rule stands, for errors.
    /// - Throws: `SnapshotError` with `document` where it has a word this program does not know.
    init(parsing value: DocumentValue, _ place: String, besides: Set<String> = []) throws(SnapshotError) {
        guard let members = value.members else { throw ValueRule.refusal(place, "it is no mapping") }
        for member in members where !besides.contains(member.key) { try add(member.key, member.value, place) }
    }

    private mutating func add(_ word: String, _ value: DocumentValue, _ place: String) throws(SnapshotError) {
        switch word {
        case "$schema", "title", "description": break
        case "type":
            types = value.text.map { [$0] } ?? value.elements?.compactMap(\.text) ?? []
            guard !types.isEmpty, types.count <= ValueRule.typeNames.count,
                types.allSatisfy(ValueRule.typeNames.contains)
            else {
                throw ValueRule.refusal(
                    place, "type is none of \(ValueRule.typeNames.sorted().joined(separator: ", "))")
            }
        case "const": (allowed, allowedSet) = ([value], [value])
        case "enum":
            guard let elements = value.elements else { throw ValueRule.refusal(place, "enum is no list") }
            (allowed, allowedSet) = (elements, Set(elements))
        case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
            guard let limit = value.double else { throw ValueRule.refusal(place, "\(word) is no number") }
            limits.append((word, limit))
        case "minLength": leastLength = try ValueRule.count(value, word, place)
        case "minItems": leastCount = try ValueRule.count(value, word, place)
        case "pattern":
            guard let text = value.text else { throw ValueRule.refusal(place, "pattern is no text") }
            do throws(PatternProblem) { pattern = try Pattern(parsing: text) } catch {
                throw ValueRule.refusal(place, "its pattern \(error.sentence)")
            }
        case "items": items = [try ValueRule(parsing: value, "\(place).items")]
        case "required": required = value.elements?.compactMap(\.text) ?? []
        case "properties":
            for member in value.members ?? [] {
                properties[ByteString(member.key)] = try ValueRule(parsing: member.value, "\(place).\(member.key)")
            }
        case "additionalProperties":
            switch value {
            case .bool(let isAllowed): others = isAllowed ? .anything : .nothing
            default: others = .each([try ValueRule(parsing: value, "\(place).additionalProperties")])
            }
        default: throw ValueRule.refusal(place, "it has the word \(word), which is not known")
        }
    }

    private static func count(_ value: DocumentValue, _ word: String, _ place: String) throws(SnapshotError) -> Int {
        guard case .integer(let count) = value, let count = Int(exactly: count), count >= 0 else {
            throw refusal(place, "\(word) is no count")
        }
        return count
    }

    private static func refusal(_ place: String, _ reason: String) -> SnapshotError {
        SnapshotError(.document, "the rule for \(place) cannot be used: \(reason)")
    }
}

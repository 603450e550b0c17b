/// What a value of a document may be: the part of JSON Schema 2020-12 that our schemas are written in.
///
/// Known are `type`, `const`, `enum`, `minimum`, `exclusiveMinimum`, `maximum`, `exclusiveMaximum`, `minLength`,
/// `pattern`, `minItems`, `items`, `required`, `properties` and `additionalProperties`.
struct ValueRule: Sendable {
    /// What members without a rule of their own may be.
    private enum Others: Sendable {
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
    private var allowed: [DocumentValue]?
    private var limits: [(word: String, limit: Double)] = []
    private var pattern: String?
    private var leastLength = 0
    private var leastCount = 0
    /// One rule, or none.
    private var items: [ValueRule] = []
    private var required: [String] = []
    private var properties: [String: ValueRule] = [:]
    private var others = Others.anything

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
            guard !types.isEmpty, types.allSatisfy(ValueRule.typeNames.contains) else {
                throw ValueRule.refusal(
                    place, "type is none of \(ValueRule.typeNames.sorted().joined(separator: ", "))")
            }
        case "const": allowed = [value]
        case "enum":
            guard let elements = value.elements else { throw ValueRule.refusal(place, "enum is no list") }
            allowed = elements
        case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
            guard let limit = value.double else { throw ValueRule.refusal(place, "\(word) is no number") }
            limits.append((word, limit))
        case "minLength": leastLength = try ValueRule.count(value, word, place)
        case "minItems": leastCount = try ValueRule.count(value, word, place)
        case "pattern":
            guard let text = value.text, (try? Regex(text)) != nil else {
                throw ValueRule.refusal(place, "pattern is no regular expression")
            }
            pattern = text
        case "items": items = [try ValueRule(parsing: value, "\(place).items")]
        case "required": required = value.elements?.compactMap(\.text) ?? []
        case "properties":
            for member in value.members ?? [] {
                properties[member.key] = try ValueRule(parsing: member.value, "\(place).\(member.key)")
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

extension ValueRule {
    /// A value that a rule does not allow.
    struct Violation: Hashable {
        /// The keys and indices that lead to it, with dots between; empty for the value itself.
        var path: String
        /// What is wrong, to be read after the name of the value.
        var reason: String
    }

    /// The first violation in a value, or nil.
    func violation(of value: DocumentValue, at path: String = "") -> Violation? {
        if !types.isEmpty, !types.contains(where: { ValueRule.isType($0, value) }) {
            return Violation(path: path, reason: "is \(value.kindName), not \(types.joined(separator: " or "))")
        }
        if let allowed, !allowed.contains(value) {
            let words = allowed.map { String(decoding: $0.canonicalJSON, as: UTF8.self) }.joined(separator: ", ")
            return Violation(path: path, reason: allowed.count == 1 ? "is not \(words)" : "is none of \(words)")
        }
        if let number = value.double, let reason = limits.lazy.compactMap({ ValueRule.breach(of: $0, number) }).first {
            return Violation(path: path, reason: reason)
        }
        switch value {
        case .string(let text):
            if text.unicodeScalars.count < leastLength { return Violation(path: path, reason: "is too short") }
            if let pattern, let expression = try? Regex(pattern), (try? expression.firstMatch(in: text)) ?? nil == nil {
                return Violation(path: path, reason: "does not match \(pattern)")
            }
            return nil
        case .array(let elements): return violation(ofElements: elements, at: path)
        case .object(let members): return violation(ofMembers: members, at: path)
        case .null, .bool, .integer, .number, .special: return nil
        }
    }

    private func violation(ofElements elements: [DocumentValue], at path: String) -> Violation? {
        guard elements.count >= leastCount else { return Violation(path: path, reason: "has too few elements") }
        guard let rule = items.first else { return nil }
        return elements.enumerated().lazy.compactMap { rule.violation(of: $1, at: joined(path, "\($0)")) }.first
    }

    private func violation(ofMembers members: [DocumentValue.Member], at path: String) -> Violation? {
        let keys = Set(members.map(\.key))
        if let missing = required.first(where: { !keys.contains($0) }) {
            return Violation(path: path, reason: "has no \(missing)")
        }
        for member in members {
            let place = joined(path, member.key)
            if let rule = properties[member.key] {
                if let found = rule.violation(of: member.value, at: place) { return found }
                continue
            }
            switch others {
            case .anything: break
            case .nothing: return Violation(path: place, reason: "does not belong here")
            case .each(let rules): if let found = rules.first?.violation(of: member.value, at: place) { return found }
            }
        }
        return nil
    }

    private func joined(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private static func breach(of limit: (word: String, limit: Double), _ number: Double) -> String? {
        let text = ECMAScriptNumber.text(limit.limit)
        return switch limit.word {
        case "minimum" where !(number >= limit.limit): "must be at least \(text)"
        case "exclusiveMinimum" where !(number > limit.limit): "must be more than \(text)"
        case "maximum" where !(number <= limit.limit): "must be at most \(text)"
        case "exclusiveMaximum" where !(number < limit.limit): "must be less than \(text)"
        default: nil
        }
    }

    private static func isType(_ name: String, _ value: DocumentValue) -> Bool {
        switch value {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .integer: name == "integer" || name == "number"
        case .number(let number): name == "number" || name == "integer" && number == number.rounded()
        case .special: name == "number"
        case .string: name == "string"
        case .array: name == "array"
        case .object: name == "object"
        }
    }
}

extension DocumentValue {
    /// What kind of value it is, in words for people.
    var kindName: String {
        switch self {
        case .null: "nothing"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number with a fraction"
        case .special: "a number that is not finite"
        case .string: "text"
        case .array: "a list"
        case .object: "a mapping"
        }
    }
}

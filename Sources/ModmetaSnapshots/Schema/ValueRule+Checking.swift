internal import ModmetaFormats

extension ValueRule {
    /// A value that a rule does not allow.
    struct Violation: Hashable {
        /// The keys and indices that lead to it, with dots between; empty for the value itself.
        var path = ""
        /// What is wrong, to be read after the name of the value.
        var reason: String

        /// The same, of a value in which this one lies under a key.
        func below(_ key: String) -> Violation {
            Violation(path: path.isEmpty ? key : "\(key).\(path)", reason: reason)
        }
    }

    /// How many values an `enum` names in a message.
    private static let namedLimit = 64

    /// The first violation in a value, or nil.
    func violation(of value: DocumentValue) -> Violation? {
        var steps = Pattern.stepLimit
        return violation(of: value, steps: &steps)
    }

    /// The first violation in a value, or nil.
    ///
    /// - Parameter steps: the steps that patterns may still take; without any, what has a pattern is a violation.
    func violation(of value: DocumentValue, steps: inout Int) -> Violation? {
        if !types.isEmpty, !types.contains(where: { ValueRule.isType($0, value) }) {
            return Violation(reason: "is \(value.kindName), not \(types.joined(separator: " or "))")
        }
        if let allowed, !allowedSet.contains(value) { return Violation(reason: ValueRule.reason(against: allowed)) }
        if let number = value.double, let reason = limits.lazy.compactMap({ ValueRule.breach(of: $0, number) }).first {
            return Violation(reason: reason)
        }
        switch value {
        case .string(let text): return violation(ofText: text, steps: &steps)
        case .array(let elements):
            guard elements.count >= leastCount else { return Violation(reason: "has too few elements") }
            guard let rule = items.first else { return nil }
            for (index, element) in elements.enumerated() {
                if let found = rule.violation(of: element, steps: &steps) { return found.below("\(index)") }
            }
            return nil
        case .object(let members): return violation(ofMembers: members, steps: &steps)
        case .null, .bool, .integer, .number, .special: return nil
        }
    }

    private func violation(ofText text: String, steps: inout Int) -> Violation? {
        if leastLength > 0, text.unicodeScalars.count < leastLength { return Violation(reason: "is too short") }
        guard let pattern else { return nil }
        switch pattern.matches(text, steps: &steps) {
        case true?: return nil
        case false?: return Violation(reason: "does not match \(pattern.text)")
        case nil: return Violation(reason: "is not looked at: the schema's patterns take too long on this file")
        }
    }

    private func violation(ofMembers members: [DocumentValue.Member], steps: inout Int) -> Violation? {
        if !required.isEmpty {
            let keys = Set(members.map { ByteString($0.key) })
            if let missing = required.first(where: { !keys.contains(ByteString($0)) }) {
                return Violation(reason: "has no \(missing)")
            }
        }
        for member in members {
            let found: Violation?
            switch (properties[ByteString(member.key)], others) {
            case (let rule?, _): found = rule.violation(of: member.value, steps: &steps)
            case (nil, .anything): found = nil
            case (nil, .nothing): found = Violation(reason: "does not belong here")
            case (nil, .each(let rules)): found = rules.first?.violation(of: member.value, steps: &steps)
            }
            if let found { return found.below(member.key) }
        }
        return nil
    }

    private static func reason(against allowed: [DocumentValue]) -> String {
        let words = allowed.prefix(namedLimit).map { String(decoding: $0.canonicalJSON, as: UTF8.self) }
            .joined(separator: ", ")
        if allowed.count == 1 { return "is not \(words)" }
        return "is none of \(words)" + (allowed.count > namedLimit ? " and \(allowed.count - namedLimit) others" : "")
    }

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

internal import ModmetaFormats

/// One pass over the settings of a training configuration.
struct SettingCheck {
    let schema: HyperparameterSchema
    /// The line of each key, by its path.
    let lines: DocumentLines
    /// What the file says, in canonical keys.
    var settings: DocumentValue { .object(members) }
    private var members: [DocumentValue.Member] = []
    /// The place of each canonical key among the members.
    private var indices: [ByteString: Int] = [:]
    private(set) var method = TrainingMethod.full
    private(set) var findings: [ConfigFinding] = []
    /// The steps that the schema's patterns may still take on this file.
    private var steps = Pattern.stepLimit
    /// The path of each canonical key that was given.
    private var places: [ByteString: String] = [:]

    init(schema: HyperparameterSchema, lines: DocumentLines) {
        self.schema = schema
        self.lines = lines
    }

    mutating func check(_ value: DocumentValue) {
        guard let members = value.members else {
            findings.append(ConfigFinding(.error, key: "", "the file is not a mapping of keys to values"))
            return
        }
        gather(members, under: "")
        method = TrainingMethod(of: settings)
        let special = schema.methods[method] ?? .init()
        for member in self.members {
            // A method's rule narrows the common one.
            if check(member, schema.keys[ByteString(member.key)]) {
                _ = check(member, special.keys[ByteString(member.key)])
            }
        }
        demand(schema.common.required + special.required, .error)
        demand(schema.common.recommended + special.recommended, .warning)
    }

    private mutating func gather(_ members: [DocumentValue.Member], under section: String) {
        for member in members {
            let place = section.isEmpty ? member.key : "\(section).\(member.key)"
            if section.isEmpty, schema.sections.contains(ByteString(member.key)), let inner = member.value.members {
                gather(inner, under: place)
            } else if let name = schema.canonicalName(of: member.key) {
                record(name, member.value, at: place)
            } else {
                reportUnknown(member.key, at: place)
            }
        }
    }

    private mutating func record(_ name: String, _ value: DocumentValue, at place: String) {
        let key = ByteString(name)
        guard let index = indices[key] else {
            indices[key] = members.count
            members.append(DocumentValue.Member(name, value))
            places[key] = place
            return
        }
        let said = members[index].value
        if said == .null {
            members[index].value = value
            places[key] = place
        } else if value != .null, value != said, let other = places[key] {
            findings.append(
                ConfigFinding(
                    .warning, key: place, line: lines[place],
                    "means the same as \(other) but has another value; keep one of them"))
        }
    }

    /// How many unknown keys are compared with all known ones, of which length at most, and how many pairs of letters.
    private static let (suggestionLimit, wordLimit, letterLimit) = (200, 64, 1 << 28)
    private var suggestions = 0
    private var letters = 0
    private lazy var names = schema.allNames
    private lazy var nameBytes = names.reduce(0) { $0 + $1.utf8.count }

    private mutating func suggestion(for key: String) -> String? {
        guard suggestions < SettingCheck.suggestionLimit, key.utf8.count <= SettingCheck.wordLimit else { return nil }
        suggestions += 1
        letters += key.utf8.count * nameBytes
        guard letters <= SettingCheck.letterLimit else { return nil }
        return EditDistance.nearest(to: key, in: names)
    }

    private mutating func reportUnknown(_ key: String, at place: String) {
        let severity: ConfigFinding.Severity
        switch schema.unknown {
        case .reject: severity = .error
        case .warn: severity = .warning
        case .allow: return
        }
        let nearest = suggestion(for: key)
        let message =
            nearest.map { "did you mean \($0)?" }
            ?? "no supported tool has this key; if it is your own, add it to `known` in "
            + HyperparameterSchema.path
        findings.append(
            ConfigFinding(severity, key: place, line: lines[place], message, suggestion: nearest))
    }

    /// Whether a setting satisfies its rule.
    private mutating func check(_ member: DocumentValue.Member, _ key: HyperparameterSchema.Key?) -> Bool {
        guard let key, let place = places[ByteString(member.key)],
            let value = meant(member.value, by: key.rule, at: place),
            let violation = key.rule.violation(of: value, steps: &steps)
        else { return true }
        let said = String(decoding: value.canonicalJSON.prefix(80), as: UTF8.self)
        let path = violation.path.isEmpty ? place : "\(place).\(violation.path)"
        let message = key.message.map { "\($0) (it is \(said))" } ?? "\(violation.reason) (it is \(said))"
        findings.append(ConfigFinding(key.severity, key: path, line: lines[place], message))
        return false
    }

    /// The value that a loader reads; nil if it cannot be determined.
    private mutating func meant(_ value: DocumentValue, by rule: ValueRule, at place: String) -> DocumentValue? {
        // An empty key means the tool's default, and a variable is filled in later.
        guard value != .null, value.text?.utf8.first != UInt8(ascii: "$") else { return nil }
        guard let text = value.text, !rule.types.isEmpty, !rule.types.contains("string") else { return value }
        if rule.types.contains("boolean"), let flag = SettingCheck.flag(text) {
            findings.append(
                ConfigFinding(
                    .warning, key: place, line: lines[place], "is text, and true or false is meant"))
            return .bool(flag)
        }
        // PyYAML reads 500_000 as a number.
        guard let number = PlainScalar.number(SettingCheck.withoutUnderscores(text)) else { return value }
        findings.append(
            ConfigFinding(
                .warning, key: place, line: lines[place], "is text, and a number is meant; no quotes"))
        return number
    }

    private static func flag(_ text: String) -> Bool? {
        text.utf8.count <= 5 ? flags[ByteString(text.lowercased())] : nil
    }

    private static func withoutUnderscores(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static let flags: [ByteString: Bool] = [
        "yes": true, "on": true, "true": true, "no": false, "off": false, "false": false,
    ]

    private mutating func demand(_ names: [String], _ severity: ConfigFinding.Severity) {
        for name in names where indices[ByteString(name)].map({ members[$0].value }) ?? .null == .null {
            findings.append(
                ConfigFinding(
                    severity, key: name,
                    severity == .error ? "is missing" : "is not set, so the tool's default applies"))
        }
    }
}

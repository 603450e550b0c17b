internal import ModmetaFormats

/// One pass over the settings of a training configuration.
struct SettingCheck {
    let schema: HyperparameterSchema
    /// The line of each key, by its path.
    let lines: [ByteString: Int]
    /// The settings, with canonical keys.
    private(set) var settings = DocumentValue.object([])
    private(set) var method = TrainingMethod.full
    private(set) var findings: [ConfigFinding] = []
    /// The path of each canonical key in the file.
    private var places: [ByteString: String] = [:]

    init(schema: HyperparameterSchema, lines: [ByteString: Int]) {
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
        for member in settings.members ?? [] {
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
        if let other = places[ByteString(name)], value != .null {
            if let said = settings[name], said != .null, said != value {
                findings.append(
                    ConfigFinding(
                        .warning, key: place, line: lines[ByteString(place)],
                        "means the same as \(other) but has another value; keep one of them"))
            }
        }
        if settings[name] == nil || settings[name] == .null {
            settings[name] = value
            places[ByteString(name)] = place
        }
    }

    /// The most unknown keys to find suggestions for, and the most bytes in each.
    private static let (suggestionLimit, wordLimit) = (200, 64)
    private var suggestions = 0

    private mutating func suggestion(for key: String) -> String? {
        guard suggestions < SettingCheck.suggestionLimit, key.utf8.count <= SettingCheck.wordLimit else { return nil }
        suggestions += 1
        return EditDistance.nearest(to: key, in: schema.allNames)
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
            ConfigFinding(severity, key: place, line: lines[ByteString(place)], message, suggestion: nearest))
    }

    /// Whether a setting satisfies its rule.
    private mutating func check(_ member: DocumentValue.Member, _ key: HyperparameterSchema.Key?) -> Bool {
        guard let key, let place = places[ByteString(member.key)],
            let value = meant(member.value, by: key.rule, at: place),
            let violation = key.rule.violation(of: value)
        else { return true }
        let said = String(decoding: value.canonicalJSON.prefix(80), as: UTF8.self)
        let path = violation.path.isEmpty ? place : "\(place).\(violation.path)"
        let message = key.message.map { "\($0) (it is \(said))" } ?? "\(violation.reason) (it is \(said))"
        findings.append(ConfigFinding(key.severity, key: path, line: lines[ByteString(place)], message))
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
                    .warning, key: place, line: lines[ByteString(place)], "is text, but should be true or false"))
            return .bool(flag)
        }
        // PyYAML reads 500_000 as a number.
        guard let number = PlainScalar.number(SettingCheck.withoutUnderscores(text)) else { return value }
        findings.append(
            ConfigFinding(
                .warning, key: place, line: lines[ByteString(place)],
                "is text, but should be a number; remove the quotes"))
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
        for name in names where settings[name] == nil || settings[name] == .null {
            findings.append(
                ConfigFinding(
                    severity, key: name,
                    severity == .error ? "is missing" : "is not set, so the tool's default applies"))
        }
    }
}

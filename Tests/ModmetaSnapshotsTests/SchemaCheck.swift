import ModmetaSnapshots

/// The part of JSON Schema that docs/formats/snapshot.schema.json uses; an unknown keyword fails.
struct SchemaCheck {
    private(set) var violations: [String] = []

    mutating func check(_ value: DocumentValue, against schema: DocumentValue, at path: String = "$") {
        let members = value.members ?? []
        for keyword in schema.members ?? [] {
            switch keyword.key {
            case "$schema", "title": break
            case "const": expect(value == keyword.value, "\(path) is not the constant")
            case "type": expect(SchemaCheck.types(keyword.value).contains { isOf(value, type: $0) }, "\(path): type")
            case "required":
                for key in keyword.value.elements ?? [] {
                    expect(members.contains { $0.key == key.text }, "\(path) lacks \(key)")
                }
            case "properties":
                for member in members {
                    guard let part = keyword.value[member.key] else { continue }
                    check(member.value, against: part, at: "\(path).\(member.key)")
                }
            case "additionalProperties":
                for member in members where schema["properties"]?[member.key] == nil {
                    if keyword.value == .bool(false) {
                        violations.append("\(path).\(member.key) is not known")
                    } else {
                        check(member.value, against: keyword.value, at: "\(path).\(member.key)")
                    }
                }
            case "items":
                for element in value.elements ?? [] { check(element, against: keyword.value, at: "\(path)[]") }
            case "minItems": expect(Double(value.elements?.count ?? 0) >= keyword.value.double ?? 0, "\(path): items")
            case "minLength": expect(Double(value.text?.count ?? 0) >= keyword.value.double ?? 0, "\(path): length")
            case "minimum": expect(value.double ?? 0 >= keyword.value.double ?? 0, "\(path): minimum")
            case "pattern":
                let regex = try? Regex(keyword.value.text ?? "(")
                expect(regex.map { value.text?.wholeMatch(of: $0) != nil } ?? false, "\(path): pattern")
            default: violations.append("unknown keyword \(keyword.key) of the schema")
            }
        }
    }

    private mutating func expect(_ condition: Bool, _ violation: String) {
        if !condition { violations.append(violation) }
    }

    private static func types(_ value: DocumentValue) -> [String] {
        value.text.map { [$0] } ?? value.elements?.compactMap(\.text) ?? []
    }

    private func isOf(_ value: DocumentValue, type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }
}

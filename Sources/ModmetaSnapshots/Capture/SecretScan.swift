internal import ModmetaFormats

/// Finds text that looks like a secret in data that is kept permanently.
///
/// `SecretFinder` looks at the text itself, `SecretName` at its name. See docs/security.md, "Secrets".
enum SecretScan {
    /// Refuses a value that contains what looks like a secret.
    ///
    /// - Parameter path: the name of the value for the error, which does not repeat the secret.
    /// - Throws: `SnapshotError` with `secret`.
    static func check(_ value: DocumentValue, _ path: String) throws(SnapshotError) {
        switch value {
        case .string(let text) where looksLikeSecret(text): throw refusal(path)
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                // Command-line arguments: an option and its value.
                if index > 0, let option = elements[index - 1].text, option.hasPrefix("--"), !option.contains("="),
                    isSecret(element, called: option)
                {
                    throw refusal("\(path)[\(index)]")
                }
                try check(element, "\(path)[\(index)]")
            }
        case .object(let members):
            // The format in which containers get environment variables.
            if let name = value["name"]?.text, let content = value["value"], isSecret(content, called: name) {
                throw refusal("\(path): value")
            }
            // As kaggle.json has them.
            if value["username"]?.text != nil, let key = value["key"]?.text, SecretValue.isSecret(key, .token) {
                throw refusal("\(path): key")
            }
            for member in members {
                guard !looksLikeSecret(member.key) else { throw refusal("a key of \(path)") }
                let place = "\(path): \(member.key)"
                guard !isSecret(member.value, called: member.key) else { throw refusal(place) }
                try check(member.value, place)
            }
        default: break
        }
    }

    private static func refusal(_ place: String) -> SnapshotError {
        SnapshotError(
            .secret,
            "\(place) looks like a secret, and a snapshot is permanent; remove it and read it from the environment"
        )
    }

    private static func looksLikeSecret(_ text: String) -> Bool {
        !SecretFinder.find(in: text, for: .keeping).isEmpty
    }

    private static func isSecret(_ value: DocumentValue, called name: String) -> Bool {
        guard let kind = SecretName.kind(of: name.utf8) else { return false }
        switch value {
        case .string(let text): return SecretValue.isSecret(text, kind)
        case .integer(let number): return kind == .password && abs(Double(number)) >= 100_000
        // Several keys under one name.
        case .array(let elements): return elements.contains { $0.text.map { SecretValue.isSecret($0, kind) } ?? false }
        default: return false
        }
    }
}

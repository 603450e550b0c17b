internal import Glibc

/// Whether the value of a setting is a secret, or only stands for one.
package enum SecretValue {
    /// How many bytes of a value are looked at.
    static let byteLimit = 512

    /// Whether a value that is called as `kind` says is filled in with a secret.
    package static func isSecret(_ value: String, _ kind: SecretName.Kind) -> Bool {
        isSecret(Array(value.utf8)[...], kind)
    }

    /// Whether a value that is called as `kind` says is filled in with a secret.
    ///
    /// - Parameter isProse: whether name and value are words of a sentence, so that ordinary words are none.
    static func isSecret(_ value: ArraySlice<UInt8>, _ kind: SecretName.Kind, isProse: Bool = false) -> Bool {
        let value = value.prefix(byteLimit)
        guard !isPlaceholder(value) else { return false }
        switch kind {
        case .password:
            return value.count >= 6 && !isReference(value) && (!isProse || isMixed(value))
        case .key:
            return value.count >= 8 && !isReference(value) && !isVariableName(value) && (!isProse || isMixed(value))
        case .credential:
            return value.count >= 8 && !isReference(value) && !isVariableName(value) && hasLettersAndDigits(value)
                && !value.contains(UInt8(ascii: " "))
        case .token:
            return value.count >= 16 && !isReference(value) && !isVariableName(value) && hasLettersAndDigits(value)
                && value.allSatisfy {
                    TokenShape.Alphabet.dotted.contains($0) || TokenShape.Alphabet.base64.contains($0)
                }
                && entropy(value) >= 3
        }
    }

    /// Shannon's entropy of the bytes, in bits for each of them.
    static func entropy(_ value: ArraySlice<UInt8>) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in value { counts[Int(byte)] += 1 }
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / Double(value.count)
            return sum - share * log2(share)
        }
    }

    static func hasLettersAndDigits(_ value: ArraySlice<UInt8>) -> Bool {
        value.contains(where: isDigit) && value.contains { isLower($0) || isUpper($0) }
    }

    /// Whether a value stands for one that is somewhere else: a variable, a template, a word that says there is none.
    static func isPlaceholder(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first else { return true }
        if "<${[".utf8.contains(first) || value.allSatisfy({ $0 == first }) { return true }
        let text = String(decoding: value, as: UTF8.self).lowercased()
        return words.contains(text) || beginnings.contains { text.hasPrefix($0) }
            || ["_your_", "-your-", "_here", "-here", "...", "{{", "${"].contains { text.contains($0) }
    }

    private static let words: Set<String> = [
        "none", "null", "nil", "true", "false", "default", "unset", "empty", "redacted", "hidden", "removed", "masked",
        "placeholder", "required", "optional", "prompt", "keyring", "keychain", "environ", "environment", "changeme",
        "disabled", "enabled", "unknown", "string", "anonymous", "secretref",
    ]
    private static let beginnings = [
        "env:", "env.", "env[", "env(", "os.environ", "os.getenv", "process.env", "vault:", "file:", "op://", "ssm:",
        "sm://", "secretmanager", "arn:aws:", "projects/", "keyring:", "xxx", "***", "...", "--",
        "!env", "!secret", "!vault", "%(", "%{", "your",
    ]

    /// Whether a value is a path, or a URL, whose own credentials are looked for by themselves.
    private static func isReference(_ value: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        if text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("~/") || text.contains("://") { return true }
        return text.hasPrefix("/") && !text.hasSuffix("=") && text.utf8.count { $0 == UInt8(ascii: "/") } > 1
    }

    /// Whether a value is the name of an environment variable, such as `OPENAI_API_KEY`.
    private static func isVariableName(_ value: ArraySlice<UInt8>) -> Bool {
        value.contains(UInt8(ascii: "_")) && value.allSatisfy { isUpper($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Whether a value is no ordinary word: it has a digit or a sign, or capitals after small letters.
    private static func isMixed(_ value: ArraySlice<UInt8>) -> Bool {
        !value.allSatisfy(isLower) && !value.allSatisfy(isUpper)
            && (value.contains { !isLower($0) && !isUpper($0) && $0 != UInt8(ascii: "-") }
                || value.dropFirst().contains(where: isUpper))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
}

internal import Glibc

/// Whether the value of a setting is a secret, or only stands for one.
package enum SecretValue {
    /// How many bytes of a value are looked at.
    static let byteLimit = 128

    /// Whether a value that is called as `kind` says is filled in with a secret.
    package static func isSecret(_ value: String, _ kind: SecretName.Kind) -> Bool {
        isSecret(Array(value.utf8)[...], kind)
    }

    /// Whether a value that is called as `kind` says is filled in with a secret.
    ///
    /// - Parameter isProse: whether name and value are words of a sentence, so that ordinary words are none.
    static func isSecret(_ value: ArraySlice<UInt8>, _ kind: SecretName.Kind, isProse: Bool = false) -> Bool {
        let value = value.prefix(byteLimit)
        let looksSo =
            switch kind {
            case .password: value.count >= 6 && (!isProse || isMixed(value))
            case .key: value.count >= 8 && !isVariableName(value) && (!isProse || isMixed(value))
            case .credential:
                value.count >= 8 && !isVariableName(value) && hasLettersAndDigits(value)
                    && !value.contains(UInt8(ascii: " "))
            case .token:
                value.count >= 16 && !isVariableName(value) && hasLettersAndDigits(value)
                    && value.allSatisfy(isTokenByte) && entropy(value) >= 3
            }
        return looksSo && !isReference(value) && !isPlaceholder(value)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        TokenShape.Alphabet.dotted.contains(byte) || TokenShape.Alphabet.base64.contains(byte)
            || byte == UInt8(ascii: "%")
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
        let small = value.map { isUpper($0) ? $0 | 0x20 : $0 }
        return words.contains(small) || beginnings.contains { small.starts(with: $0) }
            || parts.contains { contains($0, in: small[...]) }
    }

    private static let words = Set(
        [
            "none", "null", "nil", "true", "false", "default", "unset", "empty", "redacted", "hidden", "removed",
            "masked",
            "placeholder", "required", "optional", "prompt", "keyring", "keychain", "environ", "environment",
            "changeme",
            "disabled", "enabled", "unknown", "string", "anonymous", "secretref",
        ].map { Array($0.utf8) })
    private static let beginnings = [
        "env:", "env.", "env[", "env(", "os.environ", "os.getenv", "process.env", "vault:", "file:", "op://", "ssm:",
        "sm://", "secretmanager", "arn:aws:", "projects/", "keyring:", "xxx", "***", "...", "--", "!env", "!secret",
        "!vault", "%(", "%{", "your",
    ].map { Array($0.utf8) }
    private static let parts = ["_your_", "-your-", "_here", "-here", "...", "{{", "${"].map { Array($0.utf8) }

    private static func contains(_ part: [UInt8], in value: ArraySlice<UInt8>) -> Bool {
        value.indices.contains { value[$0] == part[0] && value[$0...].starts(with: part) }
    }

    /// Whether a value is a path, or a URL, whose own credentials are looked for by themselves.
    private static func isReference(_ value: ArraySlice<UInt8>) -> Bool {
        if ["./", "../", "~/"].contains(where: { value.starts(with: $0.utf8) })
            || contains(Array("://".utf8), in: value)
        {
            return true
        }
        let slash = UInt8(ascii: "/")
        return value.first == slash && value.last != UInt8(ascii: "=") && value.count { $0 == slash } > 1
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

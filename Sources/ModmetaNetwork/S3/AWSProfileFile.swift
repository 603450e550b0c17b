/// A file of profiles, as the AWS tools keep them: `~/.aws/config` or `~/.aws/credentials`.
///
/// The format: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
struct AWSProfileFile: Hashable, Sendable {
    /// The most bytes a file may have.
    static let byteLimit = 1 << 20

    /// The settings of each section; those nested below a key are named `key.name`.
    private(set) var sections: [String: [String: String]] = [:]

    /// Creates a file without sections.
    init() {}

    /// Parses a file; lines that mean nothing are passed over, as the AWS tools do.
    init(parsing text: String) {
        var section: String?
        var parent: Substring?
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = AWSProfileFile.trim(line)
            guard let first = trimmed.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = trimmed.dropFirst().prefix { $0 != "]" }
                    .split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
                parent = nil
                continue
            }
            guard let section, let equals = trimmed.firstIndex(of: "=") else { continue }
            let key = AWSProfileFile.trim(trimmed[..<equals])
            let value = AWSProfileFile.trim(AWSProfileFile.withoutComment(trimmed[trimmed.index(after: equals)...]))
            let isNested = line.first == " " || line.first == "\t"
            if isNested, let parent {
                sections[section, default: [:]]["\(parent).\(key)".lowercased()] = String(value)
            } else {
                sections[section, default: [:]][key.lowercased()] = String(value)
                parent = value.isEmpty ? key : nil
            }
        }
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// A comment after a value begins with white space and `#` or `;`.
    private static func withoutComment(_ value: Substring) -> Substring {
        for mark in [" #", " ;", "\t#", "\t;"] {
            if let range = value.firstRange(of: mark) { return value[..<range.lowerBound] }
        }
        return value
    }
}

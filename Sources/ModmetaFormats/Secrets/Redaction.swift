/// Takes credentials out of text that is shown.
package enum Redaction {
    /// What stands in place of a credential.
    package static let mark = "***"

    /// A text in which what may be secret is replaced.
    ///
    /// That is: users and passwords in URLs, queries, tokens of services, values that are called passwords or keys. Doing it
    /// twice changes nothing.
    package static func redacted(_ text: String) -> String {
        // Most of what is shown are short words; no token is so short.
        if text.utf8.count < 16, !text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }) {
            return text
        }
        let places = SecretFinder.find(in: text, for: .showing)
        guard !places.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        for place in places {
            result += bytes[index..<place.lowerBound]
            result += mark.utf8
            index = place.upperBound
        }
        return String(decoding: result + bytes[index...], as: UTF8.self)
    }
}

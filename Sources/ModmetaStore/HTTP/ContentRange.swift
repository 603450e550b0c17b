/// The field `Content-Range` of an answer with a part of something (RFC 9110, section 14.4).
struct ContentRange: Hashable, Sendable {
    /// Where the part begins.
    var start: UInt64
    /// The size of the whole; nil where the server does not say.
    var total: UInt64?

    /// Reads the field's value; nil where there is none, or it is of another unit, or of no file that could be.
    init?(_ text: String?) {
        guard let text, text.hasPrefix("bytes "),
            let start = UInt64(text.dropFirst("bytes ".count).prefix { $0 != "-" }), start <= UInt64(Int64.max)
        else { return nil }
        self.start = start
        total = text.split(separator: "/").last.flatMap { UInt64($0) }
    }
}

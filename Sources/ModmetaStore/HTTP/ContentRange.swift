internal import ModmetaFormats

/// The field `Content-Range` of an answer with a part of something (RFC 9110, section 14.4).
struct ContentRange: Hashable, Sendable {
    /// Where the part begins.
    var start: UInt64
    /// The size of the whole; nil where the server does not say.
    var total: UInt64?

    /// Reads the field's value; nil where there is none, or it is of another unit, or of no file that could be.
    init?(_ text: String?) {
        guard let text, text.hasBytePrefix("bytes "),
            let start = UInt64(Substring(text.utf8.dropFirst("bytes ".utf8.count).prefix { $0 != UInt8(ascii: "-") })),
            start <= UInt64(Int64.max)
        else { return nil }
        self.start = start
        total = text.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { UInt64(Substring($0)) }
    }
}

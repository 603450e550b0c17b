internal import ModmetaStore

/// One generation of the format document in a bucket: docs/formats/store.md, "Stores in buckets".
///
/// Buckets offer no compare-and-swap but put-if-absent: whoever writes the next number has replaced the document.
struct FormatGeneration {
    /// What the path of every generation begins with.
    static let pathPrefix = "modmeta/format."
    /// The bytes before the document: `writer `, 32 digits, a line feed.
    static let headerLength = "writer ".utf8.count + 32 + 1

    /// The number; the greatest is in effect.
    var number: UInt64

    /// The path; numbers are inverted so that the newest comes first in a listing.
    var path: String {
        let digits = String(UInt64.max - number, radix: 16)
        return FormatGeneration.pathPrefix + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The generation after the one at `number`.
    init(number: UInt64) { self.number = number }

    /// The generation at a path; nil for a file that is none.
    init?(path: String) {
        guard path.hasPrefix(FormatGeneration.pathPrefix) else { return nil }
        let digits = path.dropFirst(FormatGeneration.pathPrefix.count)
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        guard digits.utf8.count == 16, digits.utf8.allSatisfy(isDigit), let inverted = UInt64(digits, radix: 16) else {
            return nil
        }
        number = UInt64.max - inverted
    }

    /// A file's bytes: a name for the writer, so that it recognises its own, then the document.
    static func content(_ document: [UInt8], writer: StoreFormat.ID) -> [UInt8] {
        Array("writer \(writer)\n".utf8) + document
    }
}

/// Reads the layout of a safetensors file from its header.
///
/// The rules are docs/formats/safetensors.md; an error has the byte offset in the file. A file that breaks a rule is
/// still a file: `Layout.read(_:)` returns an opaque layout with the error.
public enum SafetensorsLayout {
    /// The bytes before the header: its length as a little-endian 64-bit integer.
    public static let prefixLength = 8
    /// The largest header the format allows, in bytes.
    public static let maximumHeaderLength: UInt64 = 100_000_000
    /// The most members of `__metadata__`; the format sets no limit.
    static let maximumMetadataCount = 1 << 20

    /// Reads the length of the header.
    ///
    /// - Parameters:
    ///   - prefix: at least the first 8 bytes of the file.
    ///   - fileSize: the size of the file in bytes.
    /// - Returns: N, the length of the header in bytes; the header ends at byte 8 + N, which is within the file.
    /// - Throws: `truncated` if the file ends before the header, `limitExceeded` if the header is longer than allowed.
    public static func headerLength(prefix: [UInt8], fileSize: UInt64) throws(FormatError) -> UInt64 {
        guard prefix.count >= prefixLength, fileSize >= UInt64(prefixLength) else {
            throw FormatError(
                .truncated, "a safetensors file starts with 8 bytes of header length; this file is shorter",
                offset: min(UInt64(prefix.count), fileSize))
        }
        var length: UInt64 = 0
        for byte in prefix[..<prefixLength].reversed() { length = length << 8 | UInt64(byte) }
        guard length <= maximumHeaderLength else {
            throw FormatError(
                .limitExceeded, "the header length \(length) is larger than the \(maximumHeaderLength) bytes allowed",
                offset: 0)
        }
        guard length <= fileSize - UInt64(prefixLength) else {
            throw FormatError(
                .truncated, "the header length \(length) extends past the end of the file", offset: 0)
        }
        return length
    }

    /// Reads the tensors of a file.
    ///
    /// - Parameters:
    ///   - header: at least the first 8 + N bytes of the file.
    ///   - fileSize: the size of the file in bytes.
    /// - Returns: the layout, with tensors in the order of their bytes, and empty tensors at the same offset in the
    ///   order of names.
    /// - Throws: `malformed` if a rule of the format is broken, `truncated` if `header` is too short, `limitExceeded`
    ///   if the header is valid but exceeds a limit of this program.
    public static func parse(header: [UInt8], fileSize: UInt64) throws(FormatError) -> Layout {
        let dataStart = try headerLength(prefix: header, fileSize: fileSize) + UInt64(prefixLength)
        guard header.count >= dataStart else {
            throw FormatError(
                .truncated, "the header ends at byte \(dataStart), but only its start is available",
                offset: UInt64(header.count))
        }
        var scanner = JSONScanner(header, in: prefixLength..<Int(dataStart))
        var placement = SafetensorsPlacement(data: dataStart..<fileSize)
        try scanner.members(of: "the header") { (scanner, name, offset) throws(FormatError) in
            if name == "__metadata__" {
                try skipMetadata(&scanner)
            } else {
                let entry = try SafetensorsEntry(parsing: &scanner, name: name.text, offset: offset)
                try placement.add(entry)
            }
        }
        try scanner.expectEnd()
        return Layout(format: .safetensors, size: fileSize, tensors: try placement.finish())
    }

    private static func skipMetadata(_ scanner: inout JSONScanner) throws(FormatError) {
        // The reference implementation reads null as no metadata.
        guard try scanner.peek("a value") != UInt8(ascii: "n") else { return try scanner.skipValue() }
        try scanner.members(of: "__metadata__", limit: maximumMetadataCount) {
            (scanner, key, _) throws(FormatError) in
            guard try scanner.peek("a value") == UInt8(ascii: "\"") else {
                throw scanner.malformed("the value of \(QuotedName(key)) in __metadata__ is not a string")
            }
            _ = try scanner.string("a value")
        }
    }
}

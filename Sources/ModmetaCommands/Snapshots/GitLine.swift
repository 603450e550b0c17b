/// A path on a line of git's standard input, where a newline ends it.
enum GitLine {
    /// The path, in quotes as `core.quotePath` of git-config(1) has them where git would misread it.
    static func quoted(_ path: String) -> String {
        guard path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) || path.utf8.first == UInt8(ascii: "\"") else {
            return path
        }
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                bytes += [UInt8(ascii: "\\"), 0x30 + byte >> 6, 0x30 + (byte >> 3 & 7), 0x30 + (byte & 7)]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes + [UInt8(ascii: "\"")], as: UTF8.self)
    }
}

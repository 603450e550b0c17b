/// Lines of a `.gitattributes` file, as gitattributes(5) has them.
enum AttributesFile {
    /// What `git lfs track` writes behind a pattern.
    static let lfs = "filter=lfs diff=lfs merge=lfs -text"
    /// What keeps git from changing bytes on their way in and out, whatever a reader's configuration is.
    static let unchanged = "-text -ident !working-tree-encoding"

    /// The pattern that means exactly one path, relative to the file's directory.
    static func pattern(of path: String) -> String { quoted("/" + escaped(path)) }

    /// The pattern that means all that is below a directory, which is `.` for the file's own.
    static func pattern(below directory: String) -> String {
        directory == "." ? "/**" : quoted("/" + escaped(directory) + "/**")
    }

    /// The text of a file with further lines at its end.
    static func text(_ text: String, adding lines: [String]) -> String {
        (text.isEmpty || text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n") + lines.map { "\($0)\n" }.joined()
    }

    private static func escaped(_ path: String) -> String {
        let bytes = path.utf8.flatMap { byte in
            "\\*?[]".utf8.contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A pattern in quotes, where a blank or a control character would end it.
    private static func quoted(_ pattern: String) -> String {
        guard pattern.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return pattern }
        var bytes: [UInt8] = []
        for byte in pattern.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                bytes += [UInt8(ascii: "\\"), 0x30 + byte >> 6, 0x30 + (byte >> 3 & 7), 0x30 + (byte & 7)]
            default: bytes.append(byte)
            }
        }
        return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }
}

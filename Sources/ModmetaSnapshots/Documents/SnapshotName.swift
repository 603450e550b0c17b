/// The rules for the names of snapshots, which are also the names of files and tags.
public enum SnapshotName {
    /// The longest name, in bytes.
    public static let byteLimit = 100

    /// Checks a name.
    ///
    /// - Throws: `SnapshotError` with `name`.
    public static func check(_ name: String) throws(SnapshotError) {
        let isWellFormed =
            (1...byteLimit).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
            && name.utf8.first.map(isLetterOrDigit) == true && !name.contains("..") && !name.hasSuffix(".")
            && !name.hasSuffix(".lock")
        guard isWellFormed else {
            throw SnapshotError(
                .name,
                "the name \(name.debugDescription) is not valid: use up to \(byteLimit) letters, digits and . _ -, "
                    + "starting with a letter or digit, without two dots in a row, not ending in a dot or .lock")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "._-".utf8.contains(byte) }
}

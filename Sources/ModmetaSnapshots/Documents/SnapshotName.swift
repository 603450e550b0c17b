/// What a snapshot may be called: a name that is a file's and a tag's at the same time.
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
                "the name \(name.debugDescription) cannot be given: use letters, digits and . _ - up to \(byteLimit), "
                    + "a letter or digit first, no two dots, no dot or .lock last")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "._-".utf8.contains(byte) }
}

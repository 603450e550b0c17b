/// Names that may not be part of a path in a work tree, by git's own rules, whatever the file system.
///
/// What a directory `.git` holds is obeyed by git, its hooks and its configuration. Some file systems take other names for
/// the same: without regard to case, with characters that are ignored (HFS+), in short form or with a stream's name
/// (NTFS). As `core.protectHFS` and `core.protectNTFS` have it, both always on.
public enum ReservedName {
    /// Whether a part of a path, without slashes, is not to be made.
    public static func isReserved(_ part: some StringProtocol) -> Bool {
        part.isEmpty || part == "." || part == ".." || part.utf8.contains(0) || isGit(part)
    }

    /// Whether some file system takes a name for `.git`.
    static func isGit(_ part: some StringProtocol) -> Bool {
        let visible = part.unicodeScalars.filter { !ignored.contains($0.value) }
        return isGitOnNTFS(String(String.UnicodeScalarView(visible)).lowercased())
    }

    /// - Parameter name: in lower case.
    private static func isGitOnNTFS(_ name: String) -> Bool {
        let names = [".git", "git~1"]
        // The parts that Windows sees, which is as far as a backslash; a stream's name comes after a colon.
        return name.split(separator: "\\").contains { part in
            guard let start = names.first(where: { part.hasPrefix($0) }) else { return false }
            return part.dropFirst(start.count).prefix { $0 != ":" }.allSatisfy { $0 == " " || $0 == "." }
        }
    }

    /// The characters that HFS+ ignores in names.
    private static let ignored: Set<UInt32> = Set(0x200c...0x200f).union(0x202a...0x202e).union(0x206a...0x206f)
        .union([0xfeff])
}

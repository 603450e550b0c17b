package import ModmetaFormats

/// The command by which git-lfs fetches exactly the objects of some paths at a revision.
package enum LFSFetchCommand {
    /// Makes the command.
    ///
    /// - Parameters:
    ///   - revision: a ref or commit that needs no quoting.
    ///   - paths: files and directories relative to the top; `.` for all.
    /// - Returns: a command that names the paths, or, if one of them cannot be pasted, fetches all of the revision.
    package static func command(revision: String, paths: [String]) -> ShellCommand {
        if paths.contains(".") { return "git lfs fetch origin \(revision) -I \("*")" }
        let included = paths.map { pattern(for: $0) { _ in "[+--]" } }.joined(separator: ",")
        let excluded = paths.flatMap { neighbours(of: $0, besides: paths) }.joined(separator: ",")
        let command: ShellCommand =
            excluded.isEmpty
            ? "git lfs fetch origin \(revision) -I \(included)"
            : "git lfs fetch origin \(revision) -I \(included) -X \(excluded)"
        return command.line == nil ? "git lfs fetch origin \(revision)" : command
    }

    /// A pattern of git-lfs for one path.
    ///
    /// The slash in front ties it to the top; the one at the end, which git-lfs takes away, keeps the blanks before it.
    ///
    /// - Parameter comma: what stands for a comma, by its number in the path: commas divide patterns, and cannot be escaped.
    private static func pattern(for path: String, comma: (Int) -> String) -> String {
        var pattern = "/"
        var commas = 0
        for scalar in path.unicodeScalars {
            switch scalar {
            case ",":
                pattern += comma(commas)
                commas += 1
            case "\\", "[", "]", "*", "?": pattern += "\\\(scalar)"
            default: pattern.unicodeScalars.append(scalar)
            }
        }
        return pattern + "/"
    }

    /// Patterns of paths that have a plus or a hyphen in place of a comma, which the class `[+--]` stands for as well.
    ///
    /// - Returns: nothing if one of them may be a path that is wanted.
    private static func neighbours(of path: String, besides paths: [String]) -> [String] {
        let count = path.unicodeScalars.count { $0 == "," }
        let isAmongThem = paths.contains { other in
            other != path && other.unicodeScalars.count >= path.unicodeScalars.count
                && zip(path.unicodeScalars, other.unicodeScalars).allSatisfy {
                    $0 == $1 || $0 == "," && "+-,".contains($1)
                }
        }
        guard !isAmongThem else { return [] }
        return (0..<count).flatMap { place in
            ["+", "-"].map { sign in pattern(for: path) { $0 == place ? sign : "[+--]" } }
        }
    }
}

extension String {
    fileprivate func contains(_ scalar: Unicode.Scalar) -> Bool { unicodeScalars.contains(scalar) }
}

/// The blobs that commits changed, as `git log --raw -z` lists them.
struct RawLog: Sendable {
    /// One changed path of one commit.
    struct Change: Hashable, Sendable {
        /// The place of the commit in the log, counted from the newest.
        var commit: Int
        /// The path from the top of the work tree.
        var path: String
        /// The blobs before, one per parent that had the path as a file.
        var old: [String]
        /// The blob after; nil where the path is no file any more.
        var new: String?
    }

    /// How many commits the log lists.
    var commitCount = 0
    /// The changes, those of the newest commit first.
    var changes: [Change] = []

    /// The arguments of `git log` that write what `init(parsing:)` reads.
    ///
    /// Every setting of the user's that would change the form is overruled. Merges list only what differs from all of
    /// their parents (`-c`), as the rest is listed by the commits merged.
    static func arguments(limit: Int, _ revisions: [String]) -> [String] {
        [
            "-c", "log.showRoot=true", "log", "--raw", "-z", "-c", "--no-abbrev", "--no-renames", "--no-color",
            "--no-relative", "--no-ext-diff", "--no-notes", "--no-show-signature", "--format=tformat:%H",
            "--max-count=\(limit)",
        ] + revisions + ["--"]
    }

    /// Reads a log; whatever does not have its form ends it, as an interrupted git may leave.
    init(parsing output: [UInt8]) {
        var fields = output.split(separator: 0).makeIterator()
        while var field = fields.next() {
            // The changes of a commit are set off by a newline.
            if field.first == UInt8(ascii: "\n") { field = field.dropFirst() }
            guard field.first == UInt8(ascii: ":") else {
                commitCount += field.isEmpty ? 0 : 1
                continue
            }
            guard let path = fields.next(), let change = RawLog.change(field, path, commit: commitCount - 1) else {
                return
            }
            if change.new != nil || !change.old.isEmpty { changes.append(change) }
        }
    }

    /// Reads `:<mode> <mode> <blob> <blob> <letter>`, with a colon, a mode and a blob more per further parent.
    private static func change(_ field: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>, commit: Int) -> Change? {
        let parents = field.prefix { $0 == UInt8(ascii: ":") }.count
        let words = field.dropFirst(parents).split(separator: UInt8(ascii: " "))
        guard commit >= 0, words.count == 2 * parents + 3 else { return nil }
        let isFile = words.prefix(parents + 1).map { $0.starts(with: "100".utf8) }
        let blobs = isFile.indices.map { isFile[$0] ? String(decoding: words[parents + 1 + $0], as: UTF8.self) : nil }
        return Change(
            commit: commit, path: String(decoding: path, as: UTF8.self), old: blobs.dropLast().compactMap { $0 },
            new: blobs[parents])
    }
}

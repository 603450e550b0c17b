internal import ModmetaFormats

/// Finds the LFS pointers among blobs, reading only what is small enough and already here.
struct PointerBlobs: Sendable {
    let repository: Repository

    /// The most blobs looked at in one go.
    static let limit = 200_000

    /// Variables and options under which git reports a missing object instead of fetching it from a promisor.
    ///
    /// Older versions of git do not know the variable; for them no transport is allowed.
    static let environment: [String: String?] = ["GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"]
    static let options = ["-c", "protocol.allow=never"]

    /// Returns the pointers among the blobs of a log, by the names of their blobs.
    ///
    /// A path is taken to hold pointers where its latest known blob is one, so that source code is not read in full.
    func pointers(in log: RawLog) async throws -> [String: LFSPointer] {
        var latest: [ByteString: String] = [:]
        for change in log.changes where latest[ByteString(change.path)] == nil {
            latest[ByteString(change.path)] = change.new ?? change.old.first
        }
        let local = try await localBlobs()
        let known = try await read(Set(latest.values), local)
        let unknown = { (blob: String) in local.map { !$0.contains(blob) } ?? false }
        var others: Set<String> = []
        for change in log.changes {
            guard let blob = latest[ByteString(change.path)], known[blob] != nil || unknown(blob) else { continue }
            others.formUnion(change.old)
            if let new = change.new { others.insert(new) }
        }
        others.subtract(known.keys)
        return try await known.merging(read(others, local)) { first, _ in first }
    }

    /// The objects that are here, where some may not be; nil where all are.
    private func localBlobs() async throws -> Set<String>? {
        guard repository.configuration.hasPromisor else { return nil }
        // Asked for a missing object of a partial clone, git ends; so those that are here are listed beforehand.
        let list = try await git.output(
            PointerBlobs.options + ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"])
        return Set(list.lines.map(String.init))
    }

    private func read(_ blobs: Set<String>, _ local: Set<String>?) async throws -> [String: LFSPointer] {
        let wanted = blobs.lazy.filter { local?.contains($0) ?? true }.prefix(PointerBlobs.limit)
        guard !wanted.isEmpty else { return [:] }
        let sizes = try await git.output(
            PointerBlobs.options + ["cat-file", "--buffer", "--batch-check=%(objectsize) %(objectname)"],
            input: lines(Array(wanted)))
        let small = sizes.standardOutput.split(separator: UInt8(ascii: "\n")).compactMap { line -> String? in
            guard let space = line.firstIndex(of: UInt8(ascii: " ")),
                let size = UInt64(String(decoding: line[..<space], as: UTF8.self)), LFSBlob.isCandidate(size: size)
            else { return nil }
            return String(decoding: line[(space + 1)...], as: UTF8.self)
        }
        guard !small.isEmpty else { return [:] }
        let contents = try await git.output(
            PointerBlobs.options + ["cat-file", "--buffer", "--batch"], input: lines(small))
        return PointerBlobs.parse(contents.standardOutput)
    }

    private var git: Git { repository.git.with(PointerBlobs.environment) }

    private func lines(_ names: [String]) -> [UInt8] {
        Array((names.joined(separator: "\n") + "\n").utf8)
    }

    /// Reads what `git cat-file --batch` writes: `<name> <type> <size>`, a newline, the bytes, and a newline.
    static func parse(_ output: [UInt8]) -> [String: LFSPointer] {
        var pointers: [String: LFSPointer] = [:]
        var rest = output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let header = rest[..<end].split(separator: UInt8(ascii: " "), maxSplits: 3)
            rest = rest[(end + 1)...]
            // A name that git does not find has a line and no bytes.
            guard header.count == 3, header[2].count < 20, let size = Int(String(decoding: header[2], as: UTF8.self)),
                size >= 0
            else { continue }
            guard size < rest.count else { break }
            if let pointer = LFSBlob(rest.prefix(size)).pointer {
                pointers[String(decoding: header[0], as: UTF8.self)] = pointer
            }
            rest = rest.dropFirst(size + 1)
        }
        return pointers
    }
}

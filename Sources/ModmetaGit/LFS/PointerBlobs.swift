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

    /// Returns the pointers by the names of their blobs.
    func pointers(in blobs: Set<String>) async throws -> [String: LFSPointer] {
        let git = repository.git.with(PointerBlobs.environment)
        var wanted = Array(blobs.prefix(PointerBlobs.limit))
        if repository.configuration.hasPromisor, !wanted.isEmpty {
            // Here git would end at the first object that is missing, so those that are here are listed beforehand.
            let local = try await git.output(
                PointerBlobs.options + [
                    "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)",
                ])
            let here = Set(local.lines.map(String.init))
            wanted.removeAll { !here.contains($0) }
        }
        guard !wanted.isEmpty else { return [:] }
        let sizes = try await git.output(
            PointerBlobs.options + ["cat-file", "--buffer", "--batch-check=%(objectsize) %(objectname)"], input: lines(wanted))
        let small = sizes.lines.compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count == 2, let size = Int(fields[0]) else { return nil }
            return LFSPointer.leastByteCount..<LFSPointer.byteLimit ~= size ? String(fields[1]) : nil
        }
        guard !small.isEmpty else { return [:] }
        let contents = try await git.output(PointerBlobs.options + ["cat-file", "--buffer", "--batch"], input: lines(small))
        return PointerBlobs.parse(contents.standardOutput)
    }

    private func lines(_ names: [String]) -> [UInt8] {
        Array((names.joined(separator: "\n") + "\n").utf8)
    }

    /// Reads what `git cat-file --batch` writes: `<name> <type> <size>`, a newline, the bytes, and a newline.
    static func parse(_ output: [UInt8]) -> [String: LFSPointer] {
        var pointers: [String: LFSPointer] = [:]
        var rest = output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let header = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest = rest[(end + 1)...]
            // A name that git does not find has a line and no bytes.
            guard header.count == 3, let size = Int(header[2]), size >= 0 else { continue }
            guard size < rest.count else { break }
            if let pointer = try? LFSPointer(parsing: rest.prefix(size)) { pointers[String(header[0])] = pointer }
            rest = rest.dropFirst(size + 1)
        }
        return pointers
    }
}

internal import ModmetaGit
internal import ModmetaSystem

extension SnapshotRepository {
    /// A Git object and its bytes.
    struct GitObject {
        /// The object's name.
        var name: String
        /// `blob`, `commit`, `tree` or `tag`.
        var type: Substring
        var bytes: [UInt8]
    }

    /// What revisions name, read by one git process; nil for those that name nothing.
    ///
    /// - Parameters:
    ///   - revisions: without line feeds.
    ///   - other: the git that reads them, if it is not the repository's own.
    func objects(_ revisions: [String], by other: Git? = nil) async throws -> [GitObject?] {
        guard !revisions.isEmpty else { return [] }
        let input = Array(revisions.map { "\($0)\n" }.joined().utf8)
        let output = try await (other ?? git).run(
            ["cat-file", "--batch=%(objecttype) %(objectsize) %(objectname)"], input: input
        ).standardOutput
        var objects: [GitObject?] = []
        var position = 0
        while objects.count < revisions.count, let end = output[position...].firstIndex(of: UInt8(ascii: "\n")) {
            let fields = String(decoding: output[position..<end], as: UTF8.self).split(separator: " ")
            position = end + 1
            guard fields.count == 3, let size = Int(fields[1]), size < output.count - position else {
                // "… missing", or "… ambiguous".
                objects.append(nil)
                continue
            }
            objects.append(
                GitObject(
                    name: String(fields[2]), type: fields[0], bytes: Array(output[position..<position + size])))
            position += size + 1
        }
        guard objects.count == revisions.count else {
            throw RepositoryError(
                kind: .environment, message: "git cat-file ended before it wrote all it was asked for")
        }
        return objects
    }

    /// The bytes of blobs that are short enough for pointers; nil for those that are not, or are not here.
    func smallBlobs(_ names: [String]) async throws -> [[UInt8]?] {
        guard !names.isEmpty else { return [] }
        let input = Array(names.map { "\($0)\n" }.joined().utf8)
        let lines = try await git.run(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], input: input).lines
        let small = zip(names, lines).map { name, line in
            let fields = line.split(separator: " ")
            return fields.count == 2 && fields[0] == "blob"
                && Int(fields[1]).map { $0 < LFSBlob.byteLimit } == true
        }
        guard small.count == names.count else {
            throw RepositoryError(
                kind: .environment, message: "git cat-file ended before it wrote all it was asked for")
        }
        var found = try await objects(zip(names, small).filter(\.1).map(\.0)).makeIterator()
        return small.map { isSmall in isSmall ? found.next()??.bytes : nil }
    }

    /// Gives the bytes of a tree's files to a function, some tens of MiB of them at a time.
    func readBlobs<Name>(
        of entries: [(name: Name, entry: TreeEntry)], _ body: (Name, TreeEntry, [UInt8]) throws -> Void
    ) async throws {
        var rest = entries[...]
        while let first = rest.first {
            var count = 1
            var size = first.entry.size
            while count < min(rest.count, 10_000), case let next = rest[rest.startIndex + count].entry.size,
                size + next < 32 << 20
            {
                size += next
                count += 1
            }
            let group = rest.prefix(count)
            for (file, object) in zip(group, try await objects(group.map(\.entry.blob))) {
                guard let object else {
                    throw RepositoryError(
                        kind: .environment, message: "the Git object of \(file.entry.path) is not here",
                        hints: ["Run: git fsck"])
                }
                try body(file.name, file.entry, object.bytes)
            }
            rest = rest.dropFirst(count)
        }
    }
}

public import ModmetaFormats

/// The files and tensors of a checkpoint that differ from a snapshot.
public struct ContentDifference: Hashable, Sendable {
    /// Names, each list sorted.
    public struct Names: Hashable, Sendable {
        /// The names that only the checkpoint has.
        public var added: [String] = []
        /// The names that only the snapshot has.
        public var missing: [String] = []
        /// The names that both have, with other content.
        public var changed: [String] = []
    }

    /// A file that differs between checkpoint and snapshot.
    public struct ChangedFile: Hashable, Sendable {
        /// The file's name.
        public var name: String
        /// The tensors that differ; nil if the snapshot's copy is not available or the file has no named tensors.
        public var tensors: Names?
    }

    /// A file in a snapshot's commit.
    public struct Expected: Sendable {
        /// The file's name.
        public var name: String
        /// The SHA-256 of its bytes.
        public var digest: Digest
        /// The location of its bytes; nil if they are not on this machine.
        public var source: ContentFile.Source?

        /// Creates a file.
        public init(name: String, digest: Digest, source: ContentFile.Source?) {
            (self.name, self.digest, self.source) = (name, digest, source)
        }
    }

    /// The names of files that only the checkpoint has.
    public var added: [String] = []
    /// The names of files that only the snapshot has.
    public var missing: [String] = []
    /// The files that both have, with other content.
    public var changed: [ChangedFile] = []

    /// Whether there is no difference.
    public var isEmpty: Bool { added.isEmpty && missing.isEmpty && changed.isEmpty }

    /// Compares the files of a checkpoint with those of a snapshot, first by their bytes.
    ///
    /// - Throws: `SnapshotError` with `file` if a file cannot be read.
    public init(of found: [ContentFile], from expected: [Expected]) throws {
        let wanted = Dictionary(expected.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<[UInt8]> = []
        var indices: [ChangedFile] = []
        for file in found {
            seen.insert(Array(file.name.utf8))
            guard let expected = wanted[Array(file.name.utf8)] else {
                added.append(file.name)
                continue
            }
            if try ContentDifference.digest(of: file) == expected.digest { continue }
            if file.isShardIndex { indices.append(ChangedFile(name: file.name, tensors: nil)) }
            if let change = try ContentDifference.change(of: file, from: expected) { changed.append(change) }
        }
        missing = expected.map(\.name).filter { !seen.contains(Array($0.utf8)) }
        // An index counts in few checkpoints, and if nothing else differs this is one of them.
        if isEmpty { changed = indices }
        for path in [\ContentDifference.added, \.missing] { self[keyPath: path].sort() }
        changed.sort { $0.name < $1.name }
    }

    static func digest(of file: ContentFile) throws -> Digest {
        switch file.source {
        case .file(let path): try FileDigest.sha256(ofFileAt: path)
        case .bytes(let bytes): SHA256.hash(bytes)
        case .link(let target): SHA256.hash(Array(target.utf8))
        }
    }

    /// The difference of a file with other bytes; nil if its content is equal.
    private static func change(of file: ContentFile, from expected: Expected) throws -> ChangedFile? {
        guard let source = expected.source else { return ChangedFile(name: file.name, tensors: nil) }
        let old = try lines(of: ContentFile(name: file.name, source: source))
        let new = try lines(of: file)
        guard Set(old) != Set(new) else { return nil }
        guard let old = tensors(in: old), let new = tensors(in: new) else {
            return ChangedFile(name: file.name, tensors: nil)
        }
        var names = Names()
        for (key, line) in new where old[key] != line {
            if old[key] == nil { names.added.append(text(key)) } else { names.changed.append(text(key)) }
        }
        names.missing = old.keys.filter { new[$0] == nil }.map(text)
        for path in [\Names.added, \.missing, \.changed] { names[keyPath: path].sort() }
        return ChangedFile(name: file.name, tensors: names)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func lines(of file: ContentFile) throws -> [ContentLine] {
        let plan = try ContentPlan([file])
        let count = HashedBytes(of: plan.pieceBytes) { _, _ in }
        return try plan.lines.map(\.line) + plan.pieces.indices.map { try plan.line($0, counting: count) }
    }

    /// The lines of tensors, by the bytes of their names; nil if the file is hashed as a whole.
    private static func tensors(in lines: [ContentLine]) -> [[UInt8]: ContentLine]? {
        var tensors: [[UInt8]: ContentLine] = [:]
        for line in lines {
            guard case .tensor(_, let name, _, _, _) = line else { return nil }
            tensors[Array(name.utf8)] = line
        }
        return tensors.isEmpty ? nil : tensors
    }
}

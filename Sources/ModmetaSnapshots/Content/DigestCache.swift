internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem
internal import Synchronization

/// The digests of files that were hashed before, so that a file that has not changed is not read again.
///
/// One text file, a line for each hashed file: its stamp, its path, and its content lines as JSON. It may be deleted at any
/// time, and is written as a whole or not at all. What was changed less than two seconds before it was hashed is not kept:
/// a later change could leave the same stamp.
public final class DigestCache: Sendable {
    /// What is known of a file.
    struct Entry: Hashable, Sendable {
        var isWeights: Bool
        var lines: [ContentLine]
        var notes: [String]
    }

    private static let title = "modmeta digests 2"
    private static let entryLimit = 20_000
    private let path: String
    /// The lines by stamp and path, and those that were added.
    private let known: Mutex<(lines: [ByteString: Substring], added: [(key: ByteString, line: String)])>

    /// Reads the cache at a path; one that is not there or cannot be read is empty.
    public init(path: String) {
        self.path = path
        var lines: [ByteString: Substring] = [:]
        if let bytes = try? CheckpointFile.bytes(of: path, limit: 256 << 20) {
            let text = String(decoding: bytes, as: UTF8.self)
            let all = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
            if all.first.map(String.init) == DigestCache.title {
                for line in all.dropFirst() {
                    let fields = line.utf8.split(separator: 0x09, maxSplits: 2).map { Substring($0) }
                    if fields.count == 3 { lines[ByteString("\(fields[0])\t\(fields[1])")] = fields[2] }
                }
            }
        }
        known = Mutex((lines, []))
    }

    private static func key(_ path: String, _ stamp: FileStamp) -> ByteString? {
        path.utf8.contains { $0 < 0x20 } ? nil : ByteString("\(stamp.text)\t\(path)")
    }

    private static func path(of key: ByteString) -> ByteString {
        ByteString(Substring(key.bytes.drop { $0 != 0x09 }))
    }

    func entry(_ path: String, _ stamp: FileStamp, name: String, directory: String) -> Entry? {
        guard let key = DigestCache.key(path, stamp), let line = known.withLock({ $0.lines[key] }),
            let value = try? JSONReader.value(of: Array(line.utf8), self.path)
        else { return nil }
        return Entry(value, name: name, directory: directory)
    }

    func add(_ entry: Entry, _ path: String, _ stamp: FileStamp) {
        guard let key = DigestCache.key(path, stamp), stamp.isSettled else { return }
        let line = String(decoding: entry.value.canonicalJSON, as: UTF8.self)
        known.withLock { $0.added.append((key, line)) }
    }

    /// Writes what was added; what cannot be written is no loss.
    public func save() {
        known.withLock { known in
            guard !known.added.isEmpty else { return }
            var lines = known.lines
            let paths = Set(known.added.map { DigestCache.path(of: $0.key) })
            // Of a file that changed, the old digests are of no use.
            lines = lines.filter { !paths.contains(DigestCache.path(of: $0.key)) }
            if lines.count > DigestCache.entryLimit { lines = [:] }
            var text = DigestCache.title + "\n"
            for (key, line) in lines { text += "\(key)\t\(line)\n" }
            for (key, line) in known.added { text += "\(key)\t\(line)\n" }
            let temporary = "\(path).\(UInt64.random(in: .min ... .max)).\(getpid()).tmp"
            let descriptor = RegularFile.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            guard descriptor >= 0, let file = fdopen(descriptor, "w") else { return }
            let count = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
            guard fclose(file) == 0, count == text.utf8.count, rename(temporary, path) == 0 else {
                unlink(temporary)
                return
            }
        }
    }
}

extension DigestCache.Entry {
    /// The name and directory are those of the file in the checkpoint at hand, and are not kept.
    init?(_ value: DocumentValue, name: String, directory: String) {
        guard let parts = value["lines"]?.elements, case .bool(let isWeights)? = value["weights"] else { return nil }
        self.isWeights = isWeights
        notes = (value["notes"]?.elements ?? []).compactMap(\.text).map { "\(name): \($0)" }
        lines = []
        for part in parts {
            guard let fields = part.elements, let digest = fields.last?.text.flatMap({ Digest(hex: $0) }) else {
                return nil
            }
            if fields.count == 1 {
                lines.append(.file(name: name, digest: digest))
                continue
            }
            guard fields.count == 4, let tensor = fields[0].text, let dtype = fields[1].text,
                let shape = fields[2].elements?.map({ $0.text.flatMap { UInt64($0) } }), !shape.contains(nil)
            else { return nil }
            lines.append(
                .tensor(
                    directory: directory, name: tensor, dtype: dtype, shape: shape.compactMap { $0 }, digest: digest))
        }
    }

    var value: DocumentValue {
        [
            "weights": .bool(isWeights), "notes": .array(notes.map { .string($0) }),
            "lines": .array(
                lines.compactMap { line in
                    switch line {
                    case .tensor(_, let name, let dtype, let shape, let digest):
                        [
                            .string(name), .string(dtype), .array(shape.map { .string("\($0)") }), .string(digest.hex),
                        ]
                    case .file(_, let digest): [.string(digest.hex)]
                    case .link: nil
                    }
                }),
        ]
    }
}

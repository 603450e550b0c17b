internal import Glibc
internal import ModmetaGit
internal import ModmetaSnapshots

/// The documents of snapshots as they were read before, by the name of the tag's Git object, which never changes.
///
/// One text file in the state directory, a line for each tag: the tag's object, the document as JSON. It may be deleted
/// at any time, and is written as a whole or not at all.
struct SnapshotIndex {
    private static let title = "modmeta snapshots 1"
    private let path: String
    private var lines: [String: [UInt8]] = [:]

    /// Reads the index of a repository; one that is not there or cannot be read is empty.
    init(of repository: Repository) {
        path = "\(repository.stateDirectory)/snapshots.index"
        guard let bytes = try? WorkFile.bytes(of: path) else { return }
        let all = bytes.split(separator: UInt8(ascii: "\n"))
        guard let first = all.first, first.elementsEqual(Self.title.utf8) else { return }
        lines.reserveCapacity(all.count)
        for line in all.dropFirst() {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { continue }
            lines[String(decoding: line[..<space], as: UTF8.self)] = Array(line[(space + 1)...])
        }
    }

    /// The document of a tag's object as JSON, or nil.
    func json(_ object: String) -> [UInt8]? { lines[object] }

    /// Keeps what is known of tags that there are, and new documents; what cannot be written is no loss.
    func save(_ objects: [String], adding documents: [String: SnapshotDocument], in repository: Repository) {
        guard !documents.isEmpty, (try? repository.makeStateDirectory()) != nil else { return }
        var bytes = Array(Self.title.utf8)
        for object in objects {
            guard let json = lines[object] ?? documents[object]?.value.canonicalJSON else { continue }
            bytes.append(UInt8(ascii: "\n"))
            bytes += Array(object.utf8) + [UInt8(ascii: " ")] + json
        }
        try? WorkFile.write(bytes + [UInt8(ascii: "\n")], to: path)
    }
}

internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots

/// The documents of snapshots as they were read before, by the name of the tag's Git object, which never changes.
///
/// One text file in the state directory, a line for each tag: the tag's object, the document as JSON. It may be deleted
/// at any time, and is written as a whole or not at all.
struct SnapshotIndex {
    private static let title = "modmeta snapshots 1"
    private let path: String
    private var bytes: [UInt8] = []
    /// Where the document of each object lies in the bytes.
    private var places: [ByteString: Range<Int>] = [:]

    /// Reads the index of a repository; one that is not there or cannot be read is empty.
    init(of repository: Repository) {
        path = "\(repository.stateDirectory)/snapshots.index"
        guard let bytes = try? WorkFile.bytes(of: path), bytes.starts(with: "\(Self.title)\n".utf8) else { return }
        var places: [ByteString: Range<Int>] = [:]
        bytes.withUnsafeBytes { all in
            var start = Self.title.utf8.count + 1
            while let base = all.baseAddress, start < all.count {
                let newline = memchr(base + start, 0x0A, all.count - start)
                let end = newline.map { UnsafeRawPointer($0) - base } ?? all.count
                if let space = memchr(base + start, 0x20, end - start).map({ UnsafeRawPointer($0) - base }) {
                    places[ByteString(String(decoding: all[start..<space], as: UTF8.self))] = space + 1..<end
                }
                start = end + 1
            }
        }
        (self.bytes, self.places) = (bytes, places)
    }

    /// The document of a tag's object as JSON, or nil.
    func json(_ object: String) -> [UInt8]? { places[ByteString(object)].map { Array(bytes[$0]) } }

    /// Keeps what is known of tags that there are, and new documents; what cannot be written is no loss.
    func save(_ objects: [String], adding documents: [String: SnapshotDocument], in repository: Repository) {
        guard !documents.isEmpty, (try? repository.makeStateDirectory()) != nil else { return }
        var bytes = Array(Self.title.utf8)
        for object in objects {
            guard let json = self.json(object) ?? documents[object]?.value.canonicalJSON else { continue }
            bytes.append(UInt8(ascii: "\n"))
            bytes += Array(object.utf8) + [UInt8(ascii: " ")] + json
        }
        try? WorkFile.write(bytes + [UInt8(ascii: "\n")], to: path)
    }
}

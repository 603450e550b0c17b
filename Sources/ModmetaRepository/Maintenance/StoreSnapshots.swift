internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots

/// The snapshots in a store's history: their tags, and the documents the tags lead to.
struct StoreSnapshots {
    /// A snapshot and the tag that names it.
    struct Member {
        var tag: MaintainedHistory.Ref
        var document: SnapshotDocument
    }

    /// The snapshots, the latest first.
    var members: [Member] = []
    /// Names of those whose commit another tag names too.
    var tagged: Set<ByteString> = []
    /// The names of tags that look like a snapshot's and lead to no readable document, with the reasons.
    var unreadable: [(name: String, reason: String)] = []

    /// Reads them.
    init(in history: MaintainedHistory) async throws {
        let tags = try await history.refs(below: "refs/tags/")
        let own = tags.filter { $0.name.hasBytePrefix(SnapshotRepository.tagPrefix) }
        let others = Set(tags.filter { !$0.name.hasBytePrefix(SnapshotRepository.tagPrefix) }.map(\.peeled))
        let names = own.map {
            String(decoding: $0.name.utf8.dropFirst(SnapshotRepository.tagPrefix.utf8.count), as: UTF8.self)
        }
        let files = try await history.files(
            zip(own, names).map { "\($0.peeled):\(SnapshotDocument.path(of: $1))" })
        for ((tag, name), file) in zip(zip(own, names), files) {
            do {
                guard let file else { throw SnapshotError(.document, "its commit has no such document") }
                let document = try SnapshotDocument(parsing: file, path: "the tag snapshot/\(name)")
                guard document.name.hasSameBytes(as: name) else {
                    throw SnapshotError(.document, "it names a snapshot of another name, \(document.name)")
                }
                members.append(Member(tag: tag, document: document))
                if others.contains(tag.peeled) { tagged.insert(ByteString(name)) }
            } catch {
                unreadable.append((name, "\(error)"))
            }
        }
        members.sort { ($0.document.created, $0.document.name) > ($1.document.created, $1.document.name) }
    }
}

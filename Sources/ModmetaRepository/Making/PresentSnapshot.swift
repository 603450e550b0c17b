internal import ModmetaFormats
internal import ModmetaSnapshots
internal import ModmetaSystem

/// What has a snapshot's name already.
struct PresentSnapshot {
    var document: SnapshotDocument
    /// The commit that holds it; nil if it is only in the work tree.
    var commit: String?
    var isTagged: Bool

    /// Why no other snapshot can have its name.
    var refusal: RepositoryError {
        RepositoryError(
            kind: .input, message: "the snapshot \(document.name) exists already, and it is another one",
            hints: [
                "Names are never used again; choose another one. "
                    + "`\(command: "modmeta show \(document.name)")` shows what has it."
            ])
    }
}

extension SnapshotRepository {
    /// What has a name: by its tag, in `HEAD`, or only in the work tree; nil if it is free.
    func present(_ name: String) async throws -> PresentSnapshot? {
        if let found = try await committed(name) {
            return PresentSnapshot(document: found.document, commit: found.commit, isTagged: found.isTagged)
        }
        let path = SnapshotDocument.path(of: name)
        guard WorkFile.exists("\(top)/\(path)") else { return nil }
        let document = try SnapshotDocument(parsing: WorkFile.bytes(of: "\(top)/\(path)"), path: path)
        return PresentSnapshot(document: document, commit: nil, isTagged: false)
    }

    /// A name that no snapshot has: the one given, or with a number behind it.
    func freeName(_ name: String) async throws -> String {
        var candidate = name
        var number = 2
        while try await present(candidate) != nil {
            candidate = "\(name)-\(number)"
            number += 1
        }
        return candidate
    }
}

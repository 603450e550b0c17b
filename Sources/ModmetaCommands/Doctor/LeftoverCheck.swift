internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// Whether processes that were killed left things behind.
struct LeftoverCheck: HealthCheck {
    /// Locks are held for seconds; one this old, in seconds, belongs to nobody.
    private static let lockAge = 600

    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        for path in Leftovers.scratchDirectories() {
            found.append(
                .note(
                    "leftovers", "\(path) was left by a helper that was killed; the next push or fetch removes it",
                    remedy: "rm -r \(path: path)"))
        }
        for store in patient.stores.compactMap(\.url.path) {
            for lock in Leftovers.locks(in: store, olderThan: Self.lockAge) {
                found.append(
                    .problem(
                        "leftovers", "\(lock) was left by a git that was killed, and stops pushes to its ref",
                        remedy: "rm \(path: lock)  # if no git runs in the store"))
            }
            for keep in Leftovers.keepFiles(in: store) {
                found.append(
                    .note("leftovers", "\(keep) was left by a push that was killed; the next push removes it"))
            }
        }
        if let repository = patient.repository {
            let partial = Leftovers.files(in: "\(repository.lfsDirectory)/modmeta/partial")
            if !partial.isEmpty {
                let bytes = partial.reduce(0) { $0 + $1.bytes }
                found.append(
                    .note(
                        "downloads",
                        "\(partial.count) interrupted downloads keep \(formatted(bytes: bytes)); `git lfs fetch` goes on with them",
                        remedy: "rm -r \(path: "\(repository.lfsDirectory)/modmeta/partial")"))
            }
        }
        return found
    }
}

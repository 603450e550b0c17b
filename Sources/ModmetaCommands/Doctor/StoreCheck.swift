internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaRepository
internal import ModmetaStore

/// Whether stores can be reached, and what goes on in them.
struct StoreCheck: HealthCheck {
    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        for store in patient.stores {
            let subject = "store \(store.url)"
            do {
                let format = try await StoreOpening.here(patient.git).open(store.url, .download, remote: store.remote)
                    .format
                found.append(
                    .healthy(subject, "reachable, format \(StoreFormat.currentVersion), epoch \(format.epoch)"))
                if let state = try format.collection() {
                    let since = Moment(secondsSince1970: state.condemned).text
                    found.append(
                        .note(
                            subject, "a collection was begun at \(since) and is not finished",
                            remedy: "modmeta store gc \(store.url.description)"))
                }
            } catch let error as StoreError where error.code == .noStore {
                found.append(.note(subject, "\(error.message); the first git push makes one"))
            } catch let error as StoreError {
                found.append(.problem(subject, error.message, remedy: nil))
            }
        }
        return found
    }
}

internal import ModmetaFormats
internal import ModmetaGit

/// Whether the settings say where weights go, and say what may be said.
struct EndpointCheck: HealthCheck {
    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        guard let repository = patient.repository else {
            return [.note("repository", "this is no Git repository, so only the machine was looked at")]
        }
        let remotes = try await patient.remotes()
        var found: [Diagnosis] = []
        for remote in remotes {
            do {
                let destinations = try await UploadDestinations.find(remote: remote, in: repository)
                for endpoint in destinations.endpoints where endpoint.url.hasPrefix("modmeta::") {
                    found.append(
                        .healthy("remote \(remote)", "weights go to \(endpoint.url), by \(endpoint.key)"))
                }
                try destinations.check(remote: remote)
            } catch let error as LFSAgentError where error.code == .untrustedEndpoint {
                found.append(
                    .problem("remote \(remote)", error.message, remedy: "git config lfs.url modmeta::STORE"))
            } catch let error as LFSAgentError {
                found.append(.problem("remote \(remote)", error.message, remedy: nil))
            }
        }
        if found.isEmpty {
            found.append(
                .note(
                    "remotes", "no remote of this repository keeps weights in a modmeta store",
                    remedy: "git remote add origin modmeta::file:///mnt/models/qa"))
        }
        return found
    }
}

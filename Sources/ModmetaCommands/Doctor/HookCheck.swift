internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit

/// Whether the hook is there by which git-lfs sends weights before git sends history.
struct HookCheck: HealthCheck {
    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        guard let repository = patient.repository, repository.workTree != nil, !patient.stores.isEmpty else {
            return []
        }
        let output = try await patient.git.run(["rev-parse", "--path-format=absolute", "--git-path", "hooks/pre-push"])
        guard let path = output.lines.first.map(String.init) else { return [] }
        guard let bytes = try? WorkFile.bytes(of: path) else {
            return [
                .problem(
                    "hook", "there is no \(path), so a push sends history without weights, and is refused",
                    remedy: "git lfs install --local")
            ]
        }
        guard String(decoding: bytes, as: UTF8.self).contains("git lfs pre-push") else {
            return [
                .problem(
                    "hook", "\(path) does not run `git lfs pre-push \"$@\"`, so a push sends history without weights",
                    remedy: "git lfs update --manual")
            ]
        }
        guard access(path, X_OK) == 0 else {
            return [.problem("hook", "\(path) cannot be executed", remedy: "chmod +x \(path: path)")]
        }
        return [.healthy("hook", "git-lfs sends weights before each push")]
    }
}

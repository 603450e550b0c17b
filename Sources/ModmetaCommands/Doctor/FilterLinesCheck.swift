internal import ModmetaFormats
internal import ModmetaGit

/// Whether git runs git-lfs on files that `.gitattributes` names.
struct FilterLinesCheck: HealthCheck {
    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        let missing = Install.filterLines.map(\.0).filter { patient.settings[$0] == nil }
        if let key = missing.first {
            return [
                .problem(
                    "filter", "\(key) is not set, so files are committed in full instead of as pointers",
                    remedy: "modmeta install")
            ]
        }
        if patient.settings["filter.lfs.smudge"]?.contains("--skip") == true {
            return [
                .note(
                    "filter", "filter.lfs.smudge skips downloads: a clone has pointers until `git lfs pull` is run",
                    remedy: "git lfs install --force")
            ]
        }
        return [.healthy("filter", "git runs git-lfs on files it tracks")]
    }
}

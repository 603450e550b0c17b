internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// Whether a directory store can be used by this user, and by all it is shared with.
struct StoreDirectoryCheck: HealthCheck {
    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        var found: [Diagnosis] = []
        for path in patient.stores.compactMap(\.url.path) {
            var status = stat()
            // Whether there is one at all, `StoreCheck` says.
            guard stat("\(path)/modmeta/format", &status) == 0, stat(path, &status) == 0 else { continue }
            do {
                try StoreFiles.check(of: path)
            } catch {
                // Git would wait on it here as well.
                found.append(.problem("files", "\(error)", remedy: nil))
                continue
            }
            found += owner(path, status, patient)
            found += writing(path)
            found += try await sharing(path, status, patient)
        }
        return found
    }

    /// Stock git refuses a repository of somebody else until it is told that it is trusted.
    private func owner(_ path: String, _ status: stat, _ patient: Patient) -> [Diagnosis] {
        guard status.st_uid != geteuid() else { return [] }
        let trusted = patient.settings.all("safe.directory")
        guard !trusted.contains("*"), !trusted.contains(path), !trusted.contains("\(path)/") else { return [] }
        return [
            .note(
                "safe.directory",
                "\(path) belongs to another user, so stock git refuses to work in it; modmeta:: URLs are not affected",
                remedy: "git config --global --add safe.directory \(path: path)")
        ]
    }

    private func writing(_ path: String) -> [Diagnosis] {
        for name in ["modmeta/tmp", "lfs/objects", "modmeta/manifests", "objects", "refs"] {
            let directory = "\(path)/\(name)"
            guard access(directory, F_OK) == 0, access(directory, W_OK | X_OK) != 0 else { continue }
            return [
                .note(
                    "permissions", "this user cannot write to \(directory), so pushes fail; fetching works",
                    remedy: "sudo chgrp -R GROUP \(path: path) && sudo chmod -R g+w \(path: path)")
            ]
        }
        return []
    }

    private func sharing(_ path: String, _ status: stat, _ patient: Patient) async throws -> [Diagnosis] {
        let config = try await patient.git.output([
            "config", "--file", "\(path)/config", "--get", "core.sharedRepository",
        ])
        let shared = config.lines.first.map { $0.lowercased() } ?? "umask"
        let isDeclared = !["umask", "false", "no", "off", "0"].contains(shared)
        let isOpen = status.st_mode & S_IWGRP != 0
        if isOpen, !isDeclared {
            return [
                .problem(
                    "sharing",
                    "\(path) is writable for its group, but core.sharedRepository does not say so, "
                        + "so what one user pushes with stock git another cannot extend",
                    remedy: "git -C \(path: path) config core.sharedRepository group")
            ]
        }
        guard isDeclared else { return [] }
        if !isOpen {
            return [
                .problem(
                    "sharing",
                    "core.sharedRepository of \(path) is \(shared), but the directory is not writable for its "
                        + "group, so weights are kept private to whoever pushes them",
                    remedy: "chmod g+ws \(path: path)")
            ]
        }
        if status.st_mode & S_ISGID == 0 {
            return [
                .problem(
                    "sharing",
                    "\(path) has no set-group-id bit, so new directories get the group of whoever makes them",
                    remedy: "find \(path: path) -type d -exec chmod g+s {} +")
            ]
        }
        for name in [
            "lfs", "lfs/objects", "modmeta", "modmeta/tmp", "modmeta/manifests", "modmeta/index", "objects", "refs",
        ] {
            var status = stat()
            guard stat("\(path)/\(name)", &status) == 0, status.st_mode & S_IWGRP == 0 else { continue }
            return [
                .problem(
                    "sharing", "\(path)/\(name) is not writable for the group the store is shared with",
                    remedy: "find \(path: path) -type d -exec chmod g+ws {} +")
            ]
        }
        return [.healthy("sharing", "\(path) is shared with its group")]
    }
}

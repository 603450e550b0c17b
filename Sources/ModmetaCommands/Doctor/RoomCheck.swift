internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaStore

/// Whether there is room for what pushes and fetches write.
struct RoomCheck: HealthCheck {
    /// Less than this is too little for most checkpoints.
    private static let least: UInt64 = 1 << 30

    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        var places = patient.stores.compactMap(\.url.path).map { ("store", $0) }
        if let repository = patient.repository { places.append(("repository", repository.commonDirectory)) }
        places.append(("temporary files", getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"))
        return places.compactMap { name, path in
            var status = statvfs()
            guard statvfs(path, &status) == 0 else { return nil }
            let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
            let text = "\(formatted(bytes: free)) are free at \(path) (\(name))"
            if status.f_files > 0, status.f_favail == 0 {
                return .problem(
                    "room", "no more files can be made at \(path) (\(name))", remedy: "df -i \(path: path)")
            }
            // A few megabytes are enough for what lies there only while a command runs.
            let least = name == "temporary files" ? 64 << 20 : Self.least
            return free < least ? .problem("room", text, remedy: "df -h \(path: path)") : .healthy("room", text)
        }
    }
}

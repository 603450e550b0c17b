internal import ModmetaFormats
internal import ModmetaGit

/// Whether git, git-lfs and our own programs are there, and new enough.
struct ProgramCheck: HealthCheck {
    /// The oldest versions that are known to work.
    private static let oldestGit = [2, 34]
    private static let oldestLFS = [3, 0]

    func examine(_ patient: Patient) async throws -> [Diagnosis] {
        [
            await version(["version"], "git", Self.oldestGit, patient),
            await version(["lfs", "version"], "git-lfs", Self.oldestLFS, patient),
        ] + own(patient)
    }

    private func version(_ arguments: [String], _ program: String, _ oldest: [Int], _ patient: Patient) async
        -> Diagnosis
    {
        let needed = oldest.map(String.init).joined(separator: ".")
        guard let output = try? await patient.git.output(arguments), output.status == 0, let line = output.lines.first
        else {
            return .problem(program, "\(program) is not on PATH", remedy: "apt install \(program)")
        }
        guard let found = Self.numbers(in: line) else {
            return .note(
                program, "its version cannot be told from \(String(line).debugDescription); \(needed) is needed")
        }
        let text = found.map(String.init).joined(separator: ".")
        guard !found.lexicographicallyPrecedes(oldest) else {
            return .problem(program, "it is version \(text), and \(needed) is needed", remedy: "apt install \(program)")
        }
        return .healthy(program, "version \(text)")
    }

    /// The first run of numbers with dots in a line, as `2.39.5` in `git version 2.39.5`.
    static func numbers(in line: some StringProtocol) -> [Int]? {
        for word in line.split(whereSeparator: { $0 == " " || $0 == "/" }) {
            let parts = word.split(separator: ".").prefix(3).map { Int($0.prefix(while: \.isNumber)) }
            if parts.count >= 2, parts.allSatisfy({ $0 != nil }) { return parts.compactMap { $0 } }
        }
        return nil
    }

    private func own(_ patient: Patient) -> [Diagnosis] {
        let programs = ["modmeta", "git-remote-modmeta"].map { ($0, patient.program($0)) }
        for (name, place) in programs where place == nil {
            return [
                .problem(
                    name, "\(name) is not on PATH, so git does not find it",
                    remedy: "export PATH=\"DIRECTORY:$PATH\"  # the one it was installed in")
            ]
        }
        let directories = Set(
            programs.compactMap { $0.1.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) } })
        guard directories.count == 1, let directory = directories.first else {
            let places = directories.sorted().joined(separator: " and ")
            return [
                .note(
                    "programs", "modmeta and git-remote-modmeta come from \(places), and may be of different versions")
            ]
        }
        return [.healthy("programs", "modmeta and git-remote-modmeta are in \(directory)")]
    }
}

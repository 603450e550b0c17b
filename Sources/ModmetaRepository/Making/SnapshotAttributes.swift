internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaSystem

/// Sees to it that Git keeps each file of a checkpoint where it belongs and as it is: weights in git-lfs, and no bytes changed.
///
/// What `.gitattributes` lacks for that is added to it, before anything is hashed.
struct SnapshotAttributes {
    /// A file of the checkpoint.
    struct File {
        /// The path below the top.
        var path: String
        var content: FileContent
        var size: UInt64
    }

    /// Smaller files would be no smaller as pointers.
    private static let weightSize: UInt64 = 1024
    private static let binarySize: UInt64 = 64 << 10
    /// What is larger goes through git-lfs whatever it is, or is named; hosts of repositories refuse little above it.
    static let largeSize: UInt64 = 10_000_000

    let repository: SnapshotRepository
    /// What the snapshot is of, below the top.
    let paths: [String]
    let files: [File]

    /// Looks at the files of a checkpoint.
    init(of checkpoint: Checkpoint, paths: [String], in repository: SnapshotRepository) throws {
        let prefix = try RepositoryPath.relative(checkpoint.root, to: repository.top) ?? "."
        files = try checkpoint.files.compactMap { file in
            guard case .file(let path) = file.source else { return nil }
            let (content, size) = try FileContent.look(at: path)
            return File(path: prefix == "." ? file.name : "\(prefix)/\(file.name)", content: content, size: size)
        }
        (self.paths, self.repository) = (paths, repository)
    }

    /// Whether a file would burden Git's own history for ever.
    static func belongsToLFS(_ content: FileContent, size: UInt64) -> Bool {
        switch content {
        case .weights: size >= weightSize
        case .binary: size >= binarySize
        case .text: size > largeSize
        }
    }

    /// Adds what `.gitattributes` lacks.
    ///
    /// - Returns: the change; nil if nothing was added.
    /// - Throws: `RepositoryError` where another file than the one at the top has the last word, and it is wrong.
    func settle() async throws -> AttributesChange? {
        let path = "\(repository.top)/.gitattributes"
        guard !RepositoryPath.isLink(path) else {
            throw RepositoryError(kind: .input, message: "\(path) is a symbolic link, which git does not follow")
        }
        let change = AttributesChange(path: path, former: WorkFile.exists(path) ? try WorkFile.bytes(of: path) : nil)
        let lines = try await missingLines()
        if !lines.isEmpty {
            try WorkFile.write(
                AttributesFile.text(String(decoding: change.former ?? [], as: UTF8.self), adding: lines), to: path)
        }
        do { try await check() } catch {
            if !lines.isEmpty { change.undo() }
            throw error
        }
        return lines.isEmpty ? nil : change
    }

    private func missingLines() async throws -> [String] {
        let values = try await CommittedAttributes.values(of: files.map(\.path), in: repository)
        var (lines, changing): ([String], [String]) = ([], [])
        var isSafe: [String: Bool] = [:]
        for (file, value) in zip(files, values) {
            // What somebody has excluded by hand stays so, and is named.
            guard value.filter == "unspecified", Self.belongsToLFS(file.content, size: file.size) else {
                if !value.isLFS, !value.keepsBytes { changing.append(file.path) }
                continue
            }
            guard file.content != .text, let ending = WeightPatterns.pattern(of: file.path) else {
                lines.append("\(AttributesFile.pattern(of: file.path)) \(AttributesFile.lfs)")
                continue
            }
            let isKnown = isSafe[ending] != nil
            if !isKnown { isSafe[ending] = try await isUnused(ending) }
            if isSafe[ending] == false {
                lines.append("\(AttributesFile.pattern(of: file.path)) \(AttributesFile.lfs)")
            } else if !isKnown {
                lines.append("\(ending) \(AttributesFile.lfs)")
            }
        }
        for path in paths {
            let isFile = changing.contains(path)
            guard isFile || changing.contains(where: { path == "." || $0.utf8.starts(with: "\(path)/".utf8) }) else {
                continue
            }
            let pattern = isFile ? AttributesFile.pattern(of: path) : AttributesFile.pattern(below: path)
            lines.append("\(pattern) \(AttributesFile.unchanged)")
        }
        return lines
    }

    /// Whether Git itself keeps no other file of an ending, so that a line for all of them changes nothing else.
    private func isUnused(_ pattern: String) async throws -> Bool {
        let tracked = try await repository.git.run(["ls-files", "-z", "--", ":(top,glob)**/\(pattern)"])
        let own = Set(files.map { Array($0.path.utf8) })
        return !tracked.standardOutput.split(separator: 0).contains { !own.contains(Array($0)) }
    }

    /// Refuses what lines at the top cannot mend, and names what goes into Git's own history all the same.
    private func check() async throws {
        let names = files.map(\.path)
        let committed = try await CommittedAttributes.values(of: names, in: repository)
        let here = try await CommittedAttributes.valuesHere(of: names, in: repository)
        for (index, file) in files.enumerated() {
            let (value, own) = (committed[index], here[index])
            if value.hasOtherFilter || own.hasOtherFilter {
                throw refusal(
                    file, "passes it through the filter \(value.hasOtherFilter ? value.filter : own.filter)", "filter=")
            }
            guard value.isLFS == own.isLFS else {
                throw refusal(file, "and the committed files disagree whether git-lfs keeps it", "filter")
            }
            if value.isLFS { continue }
            guard value.keepsBytes, own.keepsBytes else {
                throw refusal(file, "lets git change its bytes (text, ident or working-tree-encoding)", "text")
            }
            if Self.belongsToLFS(file.content, size: file.size) {
                repository.notify(
                    RepositoryNotice(
                        .note,
                        "\(file.path) (\(formatted(bytes: file.size))) goes into Git's own history: "
                            + ".gitattributes excludes it from git-lfs"))
            }
        }
    }

    private func refusal(_ file: File, _ what: String, _ attribute: String) -> RepositoryError {
        var directories = [""]
        for part in file.path.split(separator: "/").dropLast() {
            directories.append("\(directories[directories.count - 1])\(part)/")
        }
        let candidates =
            directories.reversed().map { "\($0).gitattributes" }.filter { WorkFile.exists("\(repository.top)/\($0)") }
            + ["\(repository.repository.commonDirectory)/info/attributes"].filter(WorkFile.exists)
        let place = candidates.first ?? ".gitattributes"
        return RepositoryError(
            kind: .input, message: "\(file.path): \(place) \(what), so a clone would not have what was hashed",
            hints: [
                "Look for its line: \("git check-attr -a -- \(path: file.path)" as ShellCommand)",
                "Take it out of: \(candidates.joined(separator: ", "))",
            ])
    }
}

internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSnapshots
internal import ModmetaSystem

/// The files of a checkpoint as they were hashed, and what Git must hold of them.
///
/// Whatever git believes of a file that it has an entry of (its times, that it is unchanged, that it is not to be looked at)
/// is compared with the file's bytes, and so is what its filters make of them.
struct HashedFiles {
    private let repository: SnapshotRepository
    /// The paths below the top.
    private let paths: [String]

    init(_ paths: [String], in repository: SnapshotRepository) {
        (self.paths, self.repository) = (paths, repository)
    }

    /// Adds the files to an index, and proves that it has them as they are, and nothing else below the paths.
    ///
    /// - Parameters:
    ///   - places: what the snapshot is of, below the top.
    ///   - companions: further files, which are no part of the checkpoint.
    func stage(_ places: [String], and companions: [String], to staging: SnapshotStaging) async throws {
        let attributes = try await CommittedAttributes.valuesHere(of: paths, in: repository)
        var (plain, kept): ([String], [String]) = ([], [])
        for (path, value) in zip(paths, attributes) {
            if value.isLFS { kept.append(path) } else { plain.append(path) }
        }
        let specifications = places.map { ":(literal)\($0)" }
        let before = try await entries(of: specifications, in: staging)
        async let digests = self.digests(of: kept)
        async let objects = self.objects(of: plain)
        if !before.isEmpty {
            let wrong = try await differing(before, objects: objects, digests: digests)
            let expected = Set(paths.map { Array($0.utf8) })
            let gone = before.filter { !expected.contains(Array($0.path.utf8)) }
            try await staging.remove(Array(Set(wrong + gone)))
        }
        try await staging.add(specifications + companions.map { ":(literal)\($0)" })
        let after = try await entries(of: specifications, in: staging)
        try await check(after, differing: differing(after, objects: objects, digests: digests))
    }

    private func entries(of specifications: [String], in staging: SnapshotStaging) async throws -> [IndexEntry] {
        try await staging.entries(of: specifications).compactMap { IndexEntry(parsing: $0) }.filter(\.counts)
    }

    /// The entries of the files that do not hold the files' bytes.
    private func differing(
        _ entries: [IndexEntry], objects: [[UInt8]: String], digests: [[UInt8]: (digest: Digest, size: UInt64)]
    ) async throws -> [IndexEntry] {
        var wrong: [IndexEntry] = []
        var pointers: [IndexEntry] = []
        for entry in entries {
            if let object = objects[Array(entry.path.utf8)] {
                if !entry.isFile || object != entry.object { wrong.append(entry) }
            } else if digests[Array(entry.path.utf8)] != nil {
                pointers.append(entry)
            }
        }
        for (entry, blob) in zip(pointers, try await repository.smallBlobs(pointers.map(\.object))) {
            let expected = digests[Array(entry.path.utf8)]
            let pointer = blob.flatMap { LFSBlob($0).pointer }
            let isRight =
                if expected?.size == 0 { blob?.isEmpty == true } else {
                    pointer.map { $0.serialized() == blob } == true && pointer?.object.digest == expected?.digest
                        && pointer?.size == expected?.size
                }
            if !entry.isFile || !isRight { wrong.append(entry) }
        }
        return wrong
    }

    private func check(_ entries: [IndexEntry], differing wrong: [IndexEntry]) async throws {
        if let nested = entries.first(where: \.isRepository) { throw Self.refusal(ofRepository: nested.path) }
        let found = Set(entries.map { Array($0.path.utf8) })
        guard let path = wrong.first?.path ?? paths.first(where: { !found.contains(Array($0.utf8)) }) else {
            let expected = Set(paths.map { Array($0.utf8) })
            guard let other = entries.first(where: { !expected.contains(Array($0.path.utf8)) }) else { return }
            throw Self.refusal(other.path, "git has a file that is not in the checkpoint")
        }
        throw Self.refusal(path, "git would keep other bytes than those that were hashed")
    }

    private static func refusal(_ path: String, _ what: String) -> RepositoryError {
        RepositoryError(
            kind: .input, message: "\(path): \(what), so no snapshot is made",
            hints: [
                "See which attributes and filters it has: \("git check-attr -a -- \(path: path)" as ShellCommand)",
                "If it goes through git-lfs, this must print a command: git config filter.lfs.process",
            ])
    }

    /// What to say of a directory of the checkpoint that is a repository of its own.
    static func refusal(ofRepository path: String) -> RepositoryError {
        RepositoryError(
            kind: .input,
            message: "\(path) is a Git repository of its own, and Git would keep the name of its commit and no files",
            hints: ["Move its .git elsewhere (mv .git ../kept.git in that directory), or copy the files out of it."])
    }

    /// The Git objects of files as they are, without filters.
    private func objects(of paths: [String]) async throws -> [[UInt8]: String] {
        guard !paths.isEmpty else { return [:] }
        let names = try await repository.git.run(
            ["hash-object", "--no-filters", "--stdin-paths"],
            input: Array(paths.map { "\(GitLine.quoted($0))\n" }.joined().utf8)
        ).lines.map(String.init)
        guard names.count == paths.count else {
            throw RepositoryError(kind: .environment, message: "git hash-object did not hash all files it was given")
        }
        return Dictionary(zip(paths.map { Array($0.utf8) }, names), uniquingKeysWith: { first, _ in first })
    }

    /// The hashes and sizes of whole files, two at a time: git-lfs is hashing them too.
    private func digests(of paths: [String]) async throws -> [[UInt8]: (digest: Digest, size: UInt64)] {
        let top = repository.top
        let digests = try await paths.concurrentMap(width: 2) { path in
            let (digest, size) = try FileDigest.sha256AndSize(ofFileAt: "\(top)/\(path)")
            return (Array(path.utf8), (digest: digest, size: size))
        }
        return Dictionary(digests, uniquingKeysWith: { first, _ in first })
    }
}

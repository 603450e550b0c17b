internal import Glibc
public import ModmetaGit
public import ModmetaSnapshots
internal import ModmetaSystem

/// The snapshots of a Git repository: the tags that name them, and the documents the tags lead to.
public struct SnapshotRepository: Sendable {
    /// Where the names of snapshots' tags begin.
    public static let tagPrefix = "refs/tags/snapshot/"

    /// The Git repository.
    public let repository: Repository
    /// The top of the work tree, as an absolute path; the directory itself of a bare repository.
    public let top: String
    /// Receives what a person should know of work that goes on all the same.
    let notify: RepositoryNotice.Handler

    /// Finds a repository, which must have a work tree.
    ///
    /// - Parameters:
    ///   - git: a runner of git in the work tree; by default in the current directory.
    ///   - notify: receives what a person should know of work that goes on all the same, from any task.
    /// - Throws: `RepositoryError` with `input` if there is none, `GitError` if git cannot be run.
    public static func discover(
        with git: Git = Git(), notify: @escaping RepositoryNotice.Handler = { _ in }
    ) async throws -> SnapshotRepository {
        do {
            let repository = try await Repository.discover(with: git)
            guard let top = repository.workTree else {
                throw RepositoryError(kind: .input, message: "snapshots need a work tree, and this repository is bare")
            }
            return SnapshotRepository(repository: repository, top: top, notify: notify)
        } catch let error as LFSAgentError {
            throw RepositoryError(
                kind: .input, message: "\(error)", hints: ["`modmeta init` makes a repository for snapshots."])
        }
    }

    /// Runs git at the top of the work tree.
    public var git: Git {
        var git = repository.git
        git.directory = top
        // A hook's prefix is not ours. Killed in a command that only looks, git would leave a lock of the index behind.
        return git.with(["GIT_PREFIX": nil, "GIT_OPTIONAL_LOCKS": "0"])
    }

    /// The schema that training configurations are held to: the repository's own, else the built-in one.
    ///
    /// - Throws: `SnapshotError` if the repository's own cannot be read.
    public func schema() throws -> HyperparameterSchema { try .load(path: "\(top)/\(HyperparameterSchema.path)") }

    /// The commit `HEAD` leads to, or nil before the first.
    public func head() async throws -> String? {
        let output = try await git.output(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        return output.status == 0 ? output.lines.first.map(String.init) : nil
    }

    /// A document as it was found.
    private struct Finding: Sendable {
        var name: String
        var bytes: [UInt8]
        var place: String
        /// The Git object of the tag; nil without one.
        var object: String?
        /// Whether the bytes are JSON of a document that was checked before.
        var isIndexed = false
    }

    /// The snapshots, by age: what tags lead to, then what lies in the work tree without a tag.
    ///
    /// A document that cannot be read is skipped, with a notice.
    /// - Parameter text: if it is not nil, only documents that could be meant by it are read.
    /// - Throws: `GitError` if git cannot list the tags.
    public func snapshots(meantBy text: String? = nil) async throws -> [SnapshotDocument] {
        let tags = try await git.run(["for-each-ref", "--format=%(objectname) %(refname)", Self.tagPrefix])
            .lines.compactMap { line -> (object: String, name: String)? in
                let fields = line.split(separator: " ", maxSplits: 1)
                guard fields.count == 2 else { return nil }
                return (String(fields[0]), String(fields[1].dropFirst(Self.tagPrefix.count)))
            }
        let index = SnapshotIndex(of: repository)
        var findings: [Finding] = []
        var unknown: [(object: String, name: String)] = []
        for tag in tags {
            if let json = index.json(tag.object) {
                findings.append(
                    Finding(name: tag.name, bytes: json, place: "the index", object: tag.object, isIndexed: true))
            } else {
                unknown.append(tag)
            }
        }
        let objects = Dictionary(unknown.map { ($0.name, $0.object) }, uniquingKeysWith: { first, _ in first })
        findings += try await documents(unknown.map(\.name)).map {
            Finding(name: $0, bytes: $1, place: "the tag snapshot/\($0)", object: objects[$0])
        }
        findings += untaggedFiles(besides: Set(tags.map(\.name))).map {
            Finding(name: $0.name, bytes: $0.bytes, place: SnapshotDocument.path(of: $0.name))
        }
        if let text {
            // Reading documents is what takes time. What is meant by a hash has its digits in its bytes.
            let parts = text.lowercased().split(separator: "_").map { Array($0.utf8) }
            findings = findings.filter { finding in
                // What is not in the index yet is read once and then is.
                finding.object != nil && !finding.isIndexed || text.hasSuffix(finding.name)
                    || parts.allSatisfy { Self.isHeld($0, by: finding.bytes) }
            }
        }
        let read = await self.read(findings)
        var new: [String: SnapshotDocument] = [:]
        for (finding, document) in read where !finding.isIndexed { finding.object.map { new[$0] = document } }
        index.save(tags.map(\.object), adding: new, in: repository)
        return read.map(\.document).sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    }

    /// Whether some bytes stand anywhere in others.
    private static func isHeld(_ part: [UInt8], by bytes: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        return bytes.withUnsafeBytes { bytes in
            guard var rest = bytes.baseAddress else { return false }
            let end = rest + bytes.count
            while end - rest >= part.count, let found = memchr(rest, CInt(first), end - rest - part.count + 1) {
                if memcmp(found, part, part.count) == 0 { return true }
                rest = UnsafeRawPointer(found) + 1
            }
            return false
        }
    }

    /// Reads documents on all processors.
    private func read(_ findings: [Finding]) async -> [(finding: Finding, document: SnapshotDocument)] {
        await withTaskGroup(of: [(finding: Finding, document: SnapshotDocument)].self) { group in
            for start in stride(from: 0, to: findings.count, by: 64) {
                let share = findings[start..<min(start + 64, findings.count)]
                group.addTask { share.compactMap { finding in read(finding).map { (finding, $0) } } }
            }
            var documents: [(finding: Finding, document: SnapshotDocument)] = []
            for await share in group { documents += share }
            return documents
        }
    }

    private func read(_ finding: Finding) -> SnapshotDocument? {
        // What the index has of it that is not like a document is read again when the index is gone.
        if finding.isIndexed { return SnapshotDocument(trusting: finding.bytes) }
        do {
            let document = try SnapshotDocument(parsing: finding.bytes, path: finding.place)
            guard document.name == finding.name else {
                throw SnapshotError(.document, "\(finding.place) holds a snapshot of another name, \(document.name)")
            }
            return document
        } catch {
            notify(RepositoryNotice(.warning, "skipped: \(error)"))
            return nil
        }
    }

    /// The documents that the tags of some names lead to, and their commits, all read by one git.
    func tagged(_ names: [String]) async throws -> [(document: SnapshotDocument, commit: String)] {
        let revisions = names.flatMap { name in
            let tag = Self.tagPrefix + name
            return ["\(tag)^{commit}", "\(tag):\(SnapshotDocument.path(of: name))"]
        }
        let found = try await objects(revisions)
        return try names.indices.compactMap { index in
            guard let commit = found[2 * index], let blob = found[2 * index + 1], blob.type == "blob" else {
                return nil
            }
            return (try SnapshotDocument(parsing: blob.bytes, path: revisions[2 * index + 1]), commit.name)
        }
    }

    /// The document of a name: by its tag, else as it is at `HEAD`; nil if there is neither.
    func committed(_ name: String) async throws -> (document: SnapshotDocument, commit: String, isTagged: Bool)? {
        let path = SnapshotDocument.path(of: name)
        let places = [(Self.tagPrefix + name, true), ("HEAD", false)]
        let found = try await objects(places.flatMap { ["\($0.0)^{commit}", "\($0.0):\(path)"] })
        for (index, (revision, isTagged)) in places.enumerated() {
            guard let commit = found[2 * index], let blob = found[2 * index + 1], blob.type == "blob" else { continue }
            let document = try SnapshotDocument(parsing: blob.bytes, path: "\(revision):\(path)")
            return (document, commit.name, isTagged)
        }
        return nil
    }

    /// The documents that tags lead to; a tag under the prefix that is not one of ours is passed over.
    private func documents(_ names: [String]) async throws -> [(String, [UInt8])] {
        let found = try await objects(names.map { "\(Self.tagPrefix)\($0):\(SnapshotDocument.path(of: $0))" })
        return zip(names, found).compactMap { name, object in
            object.flatMap { $0.type == "blob" ? (name, $0.bytes) : nil }
        }
    }

    private func untaggedFiles(besides tagged: Set<String>) -> [(name: String, bytes: [UInt8])] {
        WorkFile.names(in: "\(top)/\(SnapshotDocument.directory)").compactMap { file in
            guard file.hasSuffix(".yaml"), case let name = String(file.dropLast(5)), !tagged.contains(name) else {
                return nil
            }
            return (try? WorkFile.bytes(of: "\(top)/\(SnapshotDocument.directory)/\(file)")).map { (name, $0) }
        }.sorted { $0.name < $1.name }
    }
}

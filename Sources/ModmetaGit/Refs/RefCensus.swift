internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// All refs of a repository: of a collection, which deletes what none of them leads to, proof that it saw every one.
///
/// The files are read without git (`RefFiles`, `PackedRefs`), and git must list the same. Counted are what git itself
/// would keep: refs, `HEAD`, those of other work trees, and each entry of the stash. Other reflogs, indexes and
/// `ORIG_HEAD` and the like are not.
struct RefCensus: Sendable {
    /// Runs git in the repository.
    let git: Git
    /// The directory with `HEAD`, `refs` and `packed-refs`, which all work trees share.
    let directory: String

    /// What was found.
    struct Result: Sendable {
        /// The refs as git lists them, annotated tags with what they are about.
        var refs: [MaintainedHistory.Ref]
        /// The objects that anything names.
        var tips: Set<GitObjectName>
    }

    private static let attempts = 5

    /// Looks at all refs.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` if any of them cannot be read, or git does not list it.
    func take() async throws -> Result {
        var failure: RemoteHelperError?
        for attempt in 0..<Self.attempts {
            // Somebody may be at it: a ref that is written anew may be missed between its two names.
            if attempt > 0 { try await Task.sleep(for: .milliseconds(20 << attempt)) }
            let before = try files()
            let listed = try await listing()
            let after = try files()
            failure = difference(of: listed, from: before, and: after)
            guard failure == nil else { continue }
            let tips = before.tips.union(after.tips).union(listed.map(\.target).compactMap(GitObjectName.init))
            return Result(refs: listed.map(\.ref), tips: tips)
        }
        throw failure ?? RemoteHelperError(.transfer, "the refs in \(directory) keep changing; give the command again")
    }

    /// A digest of all that is named now: it changes with any ref.
    func mark() throws -> Digest {
        let files = try files()
        var hash = SHA256()
        for (name, value) in files.refs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            hash.update(name + [0] + Array("\(value)".utf8) + [0])
        }
        for tip in files.others.map(\.hex).sorted() { hash.update(Array(tip.utf8)) }
        return hash.finish()
    }

    /// What the files say at one moment.
    private struct Files {
        var refs: [[UInt8]: RefValue]
        /// Objects named by `HEAD`s, by the refs of single work trees, and by the stash.
        var others: Set<GitObjectName>

        var tips: Set<GitObjectName> {
            var tips = others
            for case .object(let name) in refs.values { tips.insert(name) }
            return tips
        }
    }

    private func files() throws -> Files {
        guard access("\(directory)/reftable", F_OK) != 0 else {
            throw RemoteHelperError(
                .badStore,
                "\(directory) keeps its refs in reftables, which modmeta cannot look through by itself; "
                    + "list what must stay by git lfs ls-files --long --all, for --keep-objects")
        }
        let refuse: RefProblem.Handler = { [directory] in throw $0.refusal(in: directory) }
        let refs = try RefFiles.all(in: directory, refuse)
        for case (let name, .symbolic(let target)) in refs where refs[target] == nil && target != Array("HEAD".utf8) {
            throw RemoteHelperError(
                .badStore,
                "the ref \(RefValue.shown(name)) in \(directory) stands for \(RefValue.shown(target)), which is not there; "
                    + "delete it (git symbolic-ref --delete) or put the other back")
        }
        var others = try Set([head(of: directory)].compactMap { $0 })
        for name in try DirectoryPath("\(directory)/worktrees").names() ?? [] {
            let tree = "\(directory)/worktrees/\(name)"
            if let head = try head(of: tree) { others.insert(head) }
            for case .object(let object) in try RefFiles(in: tree, isRequired: false, refuse).refs.values {
                others.insert(object)
            }
        }
        return Files(refs: refs, others: others.union(try stash()))
    }

    /// The object that a detached `HEAD` names; nil if it stands for a branch.
    private func head(of directory: String) throws -> GitObjectName? {
        let bytes = RegularFile.firstBytes(of: "\(directory)/HEAD", limit: 8192)
        switch bytes.flatMap(RefValue.init(parsing:)) {
        case .object(let name): return name
        case .symbolic: return nil
        case nil:
            throw RemoteHelperError(
                .badStore, "\(directory)/HEAD cannot be read or names nothing, so not all that must stay is known")
        }
    }

    /// The entries of the stash: all but the last are only in its reflog.
    private func stash() throws -> Set<GitObjectName> {
        let path = "\(directory)/logs/refs/stash"
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw RemoteHelperError(.badStore, "cannot read the stash \(path): \(SystemCall.reason())")
        }
        defer { close(descriptor) }
        guard let bytes = RegularFile.bytes(from: descriptor, limit: 64 << 20) else {
            throw RemoteHelperError(.badStore, "cannot read the stash \(path): \(SystemCall.reason())")
        }
        return Set(
            bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
                let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
                guard words.count > 1 else { return nil }
                return GitObjectName(String(decoding: words[1], as: UTF8.self))
            }.filter { !$0.isNull })
    }

    /// A ref as git lists it.
    private struct Listed {
        var name: [UInt8]
        var target: String
        var ref: MaintainedHistory.Ref
    }

    private func listing() async throws -> [Listed] {
        let output = try await git.output(["for-each-ref", "--format=%(objectname) %(refname) %(*objectname)"])
        guard output.status == 0 else {
            throw RemoteHelperError(
                .badStore,
                "git cannot list the refs in \(directory) (\(output.errorLine)), so not all that must stay is known; run "
                    + "git fsck there, and mend or delete the ref that is broken")
        }
        return try output.standardOutput.split(separator: UInt8(ascii: "\n")).map { line in
            let words = line.split(separator: UInt8(ascii: " "))
            guard (2...3).contains(words.count) else {
                throw RemoteHelperError(.badStore, "git lists refs in \(directory) in a way that is not understood")
            }
            let target = String(decoding: words[0], as: UTF8.self)
            let peeled = words.count == 3 ? String(decoding: words[2], as: UTF8.self) : target
            return Listed(
                name: Array(words[1]), target: target,
                ref: .init(name: String(decoding: words[1], as: UTF8.self), target: target, peeled: peeled))
        }
    }

    /// What is wrong with git's list, of what stayed as it was while it was made.
    private func difference(of listed: [Listed], from before: Files, and after: Files) -> RemoteHelperError? {
        let targets = Dictionary(listed.map { ($0.name, $0.target) }) { first, _ in first }
        for (name, value) in before.refs where after.refs[name] == value {
            guard case .object(let object) = value, targets[name] != object.hex else { continue }
            return RemoteHelperError(
                .badStore,
                "git does not list the ref \(RefValue.shown(name)) in \(directory), which names \(object): its object is "
                    + "missing, or its name is not valid; run git fsck there and mend or delete that ref")
        }
        for name in targets.keys where before.refs[name] == nil && after.refs[name] == nil {
            return RemoteHelperError(
                .badStore, "git lists the ref \(RefValue.shown(name)) in \(directory), which has no file there")
        }
        return nil
    }
}

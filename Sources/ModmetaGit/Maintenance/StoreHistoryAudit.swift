public import ModmetaFormats
internal import ModmetaNetwork
public import ModmetaStore
internal import ModmetaSystem

/// Looks through the Git side of a store for all that a reader needs: refs, objects, packs, and the weights of pointers.
public struct StoreHistoryAudit: Sendable {
    /// Says whether a reader gets an LFS object of a size.
    public typealias Judge = @Sendable (ObjectID, UInt64) async throws -> StoreContents.Verdict

    private let isQuick: Bool
    private let judge: Judge

    /// How many of git's words are repeated.
    private static let lineLimit = 200

    /// Prepares an audit.
    ///
    /// - Parameter isQuick: whether the content of Git objects is left out, and only looked at what leads to what.
    public init(isQuick: Bool, judge: @escaping Judge) {
        self.isQuick = isQuick
        self.judge = judge
    }

    /// Looks through the history of a store; an empty report for a store on a server, which has none.
    ///
    /// - Throws: errors of the store and of starting git; what is wrong with the history is in the report.
    public func run(on url: StoreURL) async throws -> HistoryReport {
        var report = HistoryReport()
        switch url.location {
        case .directory(let path):
            do {
                let store = try await StoreRepository(at: path)
                try PackPairs(of: store).check(&report)
                try await check(store, &report)
            } catch let error as RemoteHelperError where error.code == .badStore {
                report.add(.damaged, path, error.message)
            }
        case .bucket(let name, let prefix):
            let files = try await StoreAccess.standard().bucket(name, prefix: prefix)
            let bucket = BucketAudit(files: files, store: try await BucketStore.open(files).format.id)
            guard let mirror = try await bucket.run(isQuick: isQuick, &report) else { return report }
            try await check(mirror.repository, &report)
        case .server: break
        }
        return report
    }

    /// Looks at what the refs of a repository on this machine lead to, for a store whose history lies there.
    public func run(onRepositoryAt path: String) async throws -> HistoryReport {
        var report = HistoryReport()
        let git = Git(directory: path, environment: Git.noRepository.merging(PointerBlobs.environment) { $1 })
            .with(["GIT_NO_REPLACE_OBJECTS": "1"])
        _ = try await Repository.discover(with: git)
        let refs = try await git.run(["for-each-ref", "--format=%(objectname)"]).lines
        report.refCount = refs.count
        let walk = PointerWalk(git: git, scratch: try ScratchDirectory())
        let tips = Set(refs.compactMap { GitObjectName($0) })
        if try await !judgePointers(of: Array(tips), walk, &report) {
            report.add(.damaged, path, "not all that its refs lead to can be read; run git fsck there")
        }
        return report
    }

    private func check(_ store: StoreRepository, _ report: inout HistoryReport) async throws {
        let refs = try refs(of: store, &report)
        report.refCount += refs.count
        if store.isShallow { report.notes.append("the history is shallow: what older versions need was not looked at") }
        let tips = try await goodTips(of: refs, in: store, &report)
        try await runGitCheck(in: store, &report)
        let walk = PointerWalk(git: store.view.git, scratch: store.view.scratch)
        let all = Array(Set(tips.map(\.object)))
        if try await judgePointers(of: all, walk, &report) { return }
        // One ref after another, so that what can be read is looked at, and the refs are named that cannot.
        for (name, object) in tips.sorted(by: { $0.name < $1.name }) {
            if try await !judgePointers(of: [object], walk, &report) {
                report.add(.damaged, name, "not all that it leads to can be read, so a clone of it fails")
            }
        }
    }

    /// What the refs of a store name; what is wrong with their files goes to the report.
    private func refs(of store: StoreRepository, _ report: inout HistoryReport) throws -> [String: RefValue] {
        let digits = store.objectFormat.nullHex.utf8.count
        var refs: [String: RefValue] = [:]
        for (bytes, value) in try RefFiles.all(
            in: store.path, { report.add($0.kind, String(decoding: $0.place, as: UTF8.self), $0.detail) })
        {
            guard let name = String(validating: bytes, as: UTF8.self), RefName.isValid(name) else {
                report.notes.append("\(RefValue.shown(bytes)) is not the name of a ref; git skips it")
                continue
            }
            if case .object(let object) = value, object.hex.utf8.count != digits {
                report.add(.damaged, name, "it is not the name of a \(store.objectFormat) object")
            } else {
                refs[name] = value
            }
        }
        return refs
    }

    /// The refs whose objects are there and of a kind they may be.
    private func goodTips(
        of refs: [String: RefValue], in store: StoreRepository, _ report: inout HistoryReport
    ) async throws -> [(name: String, object: GitObjectName)] {
        var objects: [(name: String, object: GitObjectName)] = []
        for (name, target) in refs.sorted(by: { $0.key < $1.key }) {
            switch target {
            case .object(let object): objects.append((name, object))
            case .symbolic(let other) where refs[String(decoding: other, as: UTF8.self)] == nil:
                report.add(.damaged, name, "it stands for \(RefValue.shown(other)), which is not there")
            case .symbolic: break
            }
        }
        if case .branch(let branch) = StoreRepository.head(of: store.path), refs[branch] == nil, !refs.isEmpty {
            report.notes.append("HEAD is \(branch), which does not exist: a clone checks out nothing")
        }
        let input = try store.view.scratch.write(Array(objects.map { "\($0.object)\n" }.joined().utf8))
        let output = store.view.scratch.newFile()
        _ = try await store.view.git.capture(["cat-file", "--batch-check"], input: input, into: output)
        let file = try SystemCall.OwnedFile(output)
        var reader = FileLineReader(descriptor: file.descriptor)
        var kinds: [String: String] = [:]
        while let line = try await reader.nextLine() {
            let parts = line.split(separator: " ")
            if parts.count == 3, parts[1] != "missing" { kinds[String(parts[0])] = String(parts[1]) }
        }
        return objects.filter { name, object in
            guard let kind = kinds[object.hex] else {
                report.add(.missing, name, "the object \(object) that it names is not there, or cannot be read")
                return false
            }
            if name.hasPrefix("refs/heads/"), kind != "commit" {
                report.add(.damaged, name, "it names a \(kind), and a branch names a commit")
                return false
            }
            return true
        }
    }

    /// Has git check objects, packs, and that all is there that refs lead to.
    private func runGitCheck(in store: StoreRepository, _ report: inout HistoryReport) async throws {
        let output = store.view.scratch.newFile()
        let status = try await store.view.git.capture(
            ["fsck", "--full", "--no-dangling", "--no-reflogs", "--no-progress", "--name-objects"]
                + (isQuick ? ["--connectivity-only"] : []), into: output)
        guard status != 0 else { return }
        let file = try SystemCall.OwnedFile(output)
        var reader = FileLineReader(descriptor: file.descriptor, limit: 1 << 20)
        var count = 0
        let shown = "\(store.view.path)/"
        while let line = try await reader.nextLine() {
            // Refs are looked at above, with their names; the rest is what git says of whole stores too.
            if line.contains("invalid sha1 pointer") || line.contains("invalid reflog entry") { continue }
            if ["warning", "notice", "dangling", "Checking"].contains(where: line.hasPrefix) { continue }
            count += 1
            if count > Self.lineLimit { continue }
            let words = line.replacing(shown, with: "").replacing("\(store.path)/", with: "")
            let isMissing = words.hasPrefix("missing")
            report.add(isMissing ? .missing : .damaged, "objects", "git fsck: \(words)")
        }
        if count > Self.lineLimit {
            report.notes.append("git fsck says \(count - Self.lineLimit) things more")
        }
        if report.findings.isEmpty {
            report.add(.damaged, "objects", "git fsck ends with status \(status); run it on the store")
        }
    }

    /// Judges all pointers that some objects lead to.
    ///
    /// - Returns: whether all could be read.
    private func judgePointers(
        of tips: [GitObjectName], _ walk: PointerWalk, _ report: inout HistoryReport
    ) async throws -> Bool {
        var lost: [HistoryReport.LostPointer] = []
        var known = Set(report.lostPointers.map(\.object))
        var count = 0
        let isComplete = try await walk.forEach(from: tips) { place in
            count += 1
            let verdict = try await judge(place.pointer.object, place.pointer.size)
            guard verdict != .given, known.insert(place.pointer.object).inserted else { return }
            lost.append(
                HistoryReport.LostPointer(
                    object: place.pointer.object, size: place.pointer.size, file: place.file, commit: place.commit,
                    verdict: verdict))
        }
        report.pointerCount = max(report.pointerCount, count)
        report.lostPointers += try await CommitNames(git: walk.git, scratch: walk.scratch).naming(lost)
        return isComplete
    }
}

internal import ModmetaFormats
internal import ModmetaStore

/// Looks at the Git side of a store in a bucket: the newest generation of refs, its packs, and what is derived from it.
struct BucketAudit: Sendable {
    let files: any BucketFiles
    /// The store's id.
    let store: StoreFormat.ID

    /// How much of a pack is read at a time.
    private static let step: UInt64 = 8 << 20

    /// Checks the bucket's files, and makes a passing repository of them.
    ///
    /// - Returns: the repository; nil if there is none, because nothing was pushed or something is in the way.
    func run(isQuick: Bool, _ report: inout HistoryReport) async throws -> BucketMirror? {
        let history = BucketHistory(files: files, store: store, stateDirectory: nil)
        let generation: RefGeneration
        do {
            guard let newest = try await history.refresh() else { return nil }
            generation = newest
        } catch let error as StoreError where error.code == .corrupt || error.code == .unsupported {
            report.add(.damaged, RefGeneration.directory, error.message)
            return nil
        }
        var isWhole = true
        for pack in generation.packs {
            for (path, file) in [(pack.packPath, pack.pack), (pack.indexPath, pack.index)] {
                guard let problem = try await problem(with: path, file, isQuick: isQuick) else { continue }
                report.findings.append(problem)
                // Git makes the index anew from the pack.
                if path == pack.packPath { isWhole = false }
            }
        }
        try await lookAtDerivedFiles(of: generation, &report)
        guard isWhole else {
            report.notes.append("what the refs lead to was not looked at, as packs are lost")
            return nil
        }
        do {
            return try await history.mirror(of: generation, showsProgress: false)
        } catch let error as StoreError where error.code == .corrupt || error.code == .missing {
            report.add(.damaged, ListedPack.directory, error.message)
            return nil
        }
    }

    /// What is wrong with a file of a pack.
    private func problem(
        with path: String, _ file: ListedPack.File, isQuick: Bool
    ) async throws -> HistoryReport.Finding? {
        guard let size = try await files.size(of: path) else {
            return .init(kind: .missing, place: path, detail: "the newest refs need it, and it is not there")
        }
        guard size == file.length else {
            return .init(
                kind: .damaged, place: path, detail: "it has \(size) bytes and should have \(file.length)")
        }
        if isQuick { return nil }
        for attempt in 1...RetryingStore.readings {
            var hash = SHA256()
            var offset: UInt64 = 0
            do {
                while offset < size {
                    let end = offset + min(Self.step, size - offset)
                    hash.update(try await files.read(path, range: offset..<end))
                    offset = end
                }
            } catch let error as StoreError where error.code == .corrupt || error.code == .missing {
                return .init(kind: .unreadable, place: path, detail: error.message)
            }
            if hash.finish() == file.digest { return nil }
            // A bit that was flipped on the way shows here too.
            if attempt == RetryingStore.readings { break }
        }
        return .init(kind: .damaged, place: path, detail: "its SHA-256 is not \(file.digest), which its refs name")
    }

    /// Compares what stock git reads over HTTP with the generation; a push writes it anew.
    private func lookAtDerivedFiles(of generation: RefGeneration, _ report: inout HistoryReport) async throws {
        let derived = [
            ("info/refs", DerivedFiles.infoRefs(generation)), ("packed-refs", DerivedFiles.packedRefs(generation)),
            ("objects/info/packs", DerivedFiles.packList(generation)), ("HEAD", generation.refs.head.text + "\n"),
        ]
        for (path, text) in derived {
            do {
                let bytes = try await files.read(path, limit: RefGeneration.byteLimit)
                if bytes == Array(text.utf8) { continue }
            } catch let error as StoreError where error.code == .missing || error.code == .corrupt {
                // Said below.
            }
            report.notes.append(
                "\(path) is not that of the newest refs; only stock git over plain HTTP reads it, and the next push writes it"
            )
        }
    }
}

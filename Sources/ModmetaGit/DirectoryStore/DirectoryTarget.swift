internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Pushes into a directory store, under git's own locks.
final class DirectoryTarget: PushTarget {
    private let store: StoreRepository
    private let upload: PackUpload

    init(_ store: StoreRepository, from local: LocalRepository, options: RemoteHelperOptions) {
        self.store = store
        upload = PackUpload(from: local, to: store, options: options)
    }

    var scratch: ScratchDirectory { store.view.scratch }

    func refs() async throws -> StoreRefs { try await store.refs() }

    func bring(_ tips: Set<GitObjectName>, known: Set<GitObjectName>, isEverythingKnown: Bool) async throws {
        try await upload.bring(tips, known: known, isEverythingKnown: isEverythingKnown)
    }

    func apply(_ changes: [RefChange], isAtomic: Bool, heads: [String]) async throws -> [ByteString: String] {
        // One transaction for all is fast; where it fails and need not be whole, each ref gets its own.
        guard let reason = try await store.apply(changes) else { return [:] }
        if isAtomic || changes.count == 1 {
            return Dictionary(changes.map { (ByteString($0.name), reason) }) { first, _ in first }
        }
        return try await applyOneByOne(changes)
    }

    private func applyOneByOne(_ changes: [RefChange]) async throws -> [ByteString: String] {
        // Deletions come last, so that no object is without a ref in between. A name that a deletion makes free
        // (`a` for `a/b`) is tried again after it.
        var waiting = changes.filter { $0.new != nil } + changes.filter { $0.new == nil }
        while true {
            var failed: [ByteString: String] = [:]
            for change in waiting {
                if let reason = try await store.apply([change]) { failed[ByteString(change.name)] = reason }
            }
            guard !failed.isEmpty, failed.count < waiting.count else { return failed }
            waiting = waiting.filter { failed[ByteString($0.name)] != nil }
        }
    }

    func conclude(_ changes: [RefChange], heads: [String]) async throws {
        try await upload.confirm(changes)
        do {
            let branch = heads.first { name in changes.contains { $0.name == name && $0.new != nil } }
            let refs = try await store.refs()
            if let branch, case .branch(let current) = refs.head, refs[current] == nil {
                try await store.pointHead(at: branch)
            }
        } catch {
            RemoteHelperSession.warn("the store's HEAD was left as it is: \(error)")
        }
        do {
            try await store.updateServerInfo()
        } catch {
            RemoteHelperSession.warn("info/refs in the store may be out of date: \(error)")
        }
    }

    func release() { upload.release() }
}

extension StoreRepository: StoreHistory {
    var chosenFormat: GitObjectFormat? { objectFormat }

    func fetch(
        _ requests: [FetchRequest], into local: LocalRepository, options: RemoteHelperOptions
    ) async throws -> StoreFetch.Outcome {
        try await StoreFetch(store: self, local: local, options: options).run(requests)
    }

    func pushTarget(from local: LocalRepository, options: RemoteHelperOptions) -> any PushTarget {
        DirectoryTarget(self, from: local, options: options)
    }
}

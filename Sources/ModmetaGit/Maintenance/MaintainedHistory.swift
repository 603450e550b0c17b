public import ModmetaFormats
public import ModmetaStore
internal import ModmetaSystem

/// The Git history of a store, for those who look after the store: what it needs, its tags, its packs.
public struct MaintainedHistory: Sendable {
    /// A ref of the history.
    public struct Ref: Hashable, Sendable {
        /// The full name, as `refs/heads/main`.
        public var name: String
        /// The name of the object it names.
        public var target: String
        /// The name of the object that it is about: what an annotated tag names, else the target.
        public var peeled: String
    }

    /// Where the history is at hand.
    enum Place: Sendable {
        /// In the directory of the store itself.
        case directory(StoreRepository)
        /// In a copy that git makes of a store elsewhere.
        case mirror(StoreMirror)
    }

    let place: Place

    /// Opens the history of a store.
    ///
    /// - Throws: `RemoteHelperError` if it cannot be read, `GitError` if git cannot fetch it.
    public init(of url: StoreURL) async throws {
        if let path = url.path {
            place = .directory(try await StoreRepository(at: path))
        } else {
            let mirror = try await StoreMirror(of: url)
            try await mirror.update()
            place = .mirror(mirror)
        }
    }

    /// Runs git where the history is.
    var git: Git {
        switch place {
        case .directory(let store): store.view.git
        case .mirror(let mirror): mirror.git
        }
    }

    var scratch: ScratchDirectory {
        switch place {
        case .directory(let store): store.view.scratch
        case .mirror(let mirror): mirror.scratch
        }
    }

    /// The refs of the directory, or of the copy.
    private var census: RefCensus {
        switch place {
        case .directory(let store): RefCensus(git: store.view.git, directory: store.path)
        case .mirror(let mirror): RefCensus(git: mirror.git, directory: mirror.path)
        }
    }

    /// The refs as they are now in the store, or were when a mirror was last updated.
    ///
    /// - Parameter prefix: where their names begin, as `refs/tags/`.
    /// - Throws: `RemoteHelperError.Code.badStore` if they cannot all be seen.
    public func refs(below prefix: String = "refs/") async throws -> [Ref] {
        try await census.take().refs.filter { $0.name.hasPrefix(prefix) }
    }

    /// The bytes of files in commits, in the order of the expressions (`<commit>:<path>`); nil for those that are not there.
    public func files(_ expressions: [String]) async throws -> [[UInt8]?] {
        guard !expressions.isEmpty else { return [] }
        let input = expressions.map { $0 + "\n" }.joined()
        let output = try await git.run(
            ["cat-file", "--batch=%(objectname) %(objecttype) %(objectsize)"], input: Array(input.utf8)
        )
        .standardOutput
        var rest = output[...]
        return try expressions.map { expression in
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                throw RemoteHelperError(.badStore, "git did not answer for \(expression)")
            }
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            guard words.count == 3, words[1] == "blob", let blob = PointerGuard.takeBlob(from: &rest) else {
                rest = rest[(end + 1)...]
                return nil
            }
            return Array(blob)
        }
    }

    /// Which of the commits are reachable from the refs that remain without `removed`.
    public func reachable(_ commits: Set<String>, without removed: Set<String>) async throws -> Set<String> {
        guard !commits.isEmpty else { return [] }
        let found = try await census.take()
        // What a HEAD or a stash names stays whatever ref is deleted.
        let names = Set(found.refs.map(\.target))
        let kept =
            found.refs.filter { !removed.contains($0.name) }.map(\.peeled)
            + found.tips.map(\.hex).filter { !names.contains($0) }
        var input = commits.map { $0 + "\n" }.joined()
        input += kept.map { "^\($0)\n" }.joined()
        let output = try await git.run(
            ["-c", "core.commitGraph=false", "rev-list", "--stdin"], input: Array(input.utf8))
        return commits.subtracting(output.lines.map(String.init))
    }

    /// Deletes refs that still are what they were, all or none.
    ///
    /// - Throws: `RemoteHelperError.Code.transfer` if another process changed one of them meanwhile.
    public func delete(_ refs: [Ref]) async throws {
        guard !refs.isEmpty else { return }
        switch place {
        case .directory(let store):
            let changes = refs.map { RefChange(name: $0.name, old: GitObjectName($0.target), new: nil) }
            if let reason = try await store.apply(changes) {
                throw RemoteHelperError(.transfer, "the store's refs were left alone: \(reason)")
            }
            try await store.updateServerInfo()
        case .mirror(let mirror): try await mirror.delete(refs)
        }
    }
}

extension MaintainedHistory: LiveObjects {
    /// Calls `body` for each LFS object that the store's refs lead to now.
    public func forEach(_ body: (ObjectID) throws -> Void) async throws {
        if case .mirror(let mirror) = place { try await mirror.update() }
        try await pointers.forEach(from: census.take().tips) { pointer, _ in try body(pointer.object) }
    }

    /// Changes with any ref of the store.
    public func mark() async throws -> Digest? {
        switch place {
        case .directory: try census.mark()
        case .mirror(let mirror): try await mirror.mark()
        }
    }

    /// A ref and a path under which an object is found.
    public func places(of objects: Set<ObjectID>) async throws -> [ObjectID: String] {
        try await pointers.places(of: objects, from: census.take().tips)
    }

    private var pointers: HistoryPointers {
        let name =
            switch place {
            case .directory(let store): store.path
            case .mirror(let mirror): "\(mirror.url)"
            }
        return HistoryPointers(git: git, place: name, scratch: scratch)
    }
}

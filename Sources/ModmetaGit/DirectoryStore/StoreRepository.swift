internal import ModmetaStore
internal import ModmetaSystem

/// The Git side of a directory store: its refs and objects.
struct StoreRepository: Sendable {
    /// The absolute path of the store.
    let path: String
    /// The store for people to read.
    let name: String
    /// Through which git works on it.
    let view: SealedView
    /// The hash that names its objects.
    let objectFormat: GitObjectFormat

    /// Opens the store in a directory.
    ///
    /// - Parameter name: what messages call the store; by default its path.
    /// - Throws: `RemoteHelperError.Code.badStore` if no usable repository is there.
    init(at path: String, named name: String? = nil) async throws {
        let scratch = try ScratchDirectory()
        try StoreRepository.checkFiles(of: path)
        guard let head = StoreRepository.head(of: path) else {
            throw RemoteHelperError(.badStore, "the store at \(path) has no valid HEAD; is it a modmeta store?")
        }
        // Without --includes git reads this one file; it runs nothing.
        let outside = Git(directory: scratch.path, environment: Git.noRepository).with([
            "GIT_CONFIG_PARAMETERS": nil, "GIT_CONFIG_COUNT": nil, "GIT_CEILING_DIRECTORIES": scratch.path,
        ])
        let settings = try await outside.output(
            ["config", "--file", "\(path)/config", "--null", "--get-regexp", StoreConfig.keys])
        guard settings.status <= 1 else {
            throw RemoteHelperError(
                .badStore, "the config of the store at \(path) cannot be read: \(settings.errorLine)")
        }
        let config = try StoreConfig(parsing: settings.standardOutput, store: path)
        self.path = path
        self.name = name ?? path
        objectFormat = config.objectFormat
        view = try SealedView(of: path, head: head, config: config, scratch: scratch)
    }

    /// The refs as they are now.
    ///
    /// - Parameter peelingTags: whether to say what annotated tags are about. A damaged store may not know.
    func refs(peelingTags: Bool = false) async throws -> StoreRefs {
        let format = "--format=%(objectname) %(refname)"
        var output = try await view.git.output(["for-each-ref", peelingTags ? format + " %(*objectname)" : format])
        if output.status != 0 { output = try await view.git.run(["for-each-ref", format]) }
        let refs = output.lines.compactMap { line -> StoreRefs.Ref? in
            let parts = line.split(separator: " ")
            guard parts.count >= 2, let target = GitObjectName(parts[0]) else { return nil }
            let peeled = parts.count > 2 ? GitObjectName(parts[2]) : nil
            return StoreRefs.Ref(name: String(parts[1]), target: target, peeled: peeled)
        }
        guard let head = StoreRepository.head(of: path) else {
            throw RemoteHelperError(.badStore, "the store at \(path) has no valid HEAD any more")
        }
        return StoreRefs(refs, head: head)
    }

    /// Whether the store itself lacks older history.
    var isShallow: Bool { RegularFile.firstBytes(of: "\(path)/shallow", limit: 1)?.isEmpty == false }

    /// Writes the files from which a dumb HTTP server, or a static one, serves the store.
    func updateServerInfo() async throws { _ = try await view.git.run(["update-server-info"]) }

    static func head(of path: String) -> StoreRefs.Head? {
        RegularFile.firstBytes(of: "\(path)/HEAD", limit: 4096).flatMap {
            StoreRefs.Head(parsing: String(decoding: $0, as: UTF8.self))
        }
    }
}

extension Git.Output {
    /// What git said on standard error, on one line and without its usual introductions.
    var errorLine: String { GitMessage.oneLine(standardError) }
}

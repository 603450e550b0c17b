internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

/// A bare repository on this machine that shows one generation of a bucket: its refs, and its packs and no others.
struct BucketMirror: Sendable {
    /// The repository, with which everything works that works on a directory store.
    let repository: StoreRepository
    private let scratch: ScratchDirectory
    private let cache: PackCache

    /// Makes the repository of packs that are in the cache.
    ///
    /// - Parameter extra: packs beside those of the generation.
    init(
        of generation: RefGeneration, named name: String, cache: PackCache, extra: [MadePack] = []
    ) async throws {
        let scratch = try ScratchDirectory()
        let path = "\(scratch.path)/mirror"
        for directory in ["", "/objects", "/objects/pack", "/objects/info", "/refs", "/info"] {
            guard mkdir(path + directory, 0o700) == 0 else {
                throw RemoteHelperError(.system, "cannot make \(path)\(directory): \(SystemCall.reason())")
            }
        }
        let isSHA1 = generation.objectFormat == .sha1
        var config = "[core]\n\trepositoryFormatVersion = \(isSHA1 ? 0 : 1)\n\tbare = true\n"
        if !isSHA1 { config += "[extensions]\n\tobjectFormat = \(generation.objectFormat.rawValue)\n" }
        try SystemCall.writeFile("\(path)/config", Array(config.utf8))
        try SystemCall.writeFile("\(path)/HEAD", Array("\(generation.refs.head.text)\n".utf8))
        try SystemCall.writeFile("\(path)/packed-refs", Array(DerivedFiles.packedRefs(generation).utf8))
        var links: [(file: String, name: String)] = []
        for pack in generation.packs {
            let files = cache.files(of: pack)
            links += [(files.pack, "\(pack.name).pack"), (files.index, "\(pack.name).idx")]
        }
        for pack in extra {
            links += [(pack.packFile, "\(pack.listed.name).pack"), (pack.indexFile, "\(pack.listed.name).idx")]
        }
        for (file, name) in links {
            let link = "\(path)/objects/pack/pack-\(name)"
            guard symlink(file, link) == 0 || errno == EEXIST else {
                throw RemoteHelperError(.system, "cannot make \(link): \(SystemCall.reason())")
            }
        }
        self.scratch = scratch
        self.cache = cache
        repository = try await StoreRepository(at: path, named: name)
    }
}

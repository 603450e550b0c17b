package import ModmetaSystem

extension SHA256 {
    /// The hash of a file's content.
    package static func hash(_ file: File) throws(SystemError) -> Digest {
        var hash = SHA256()
        try file.forEachBlock { hash.update($0) }
        return hash.finish()
    }
}

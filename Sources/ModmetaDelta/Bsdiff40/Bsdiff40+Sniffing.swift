extension Bsdiff40 {
    /// Whether a file starts with the BSDIFF40 magic.
    ///
    /// - Throws: `fileSystem` if the file cannot be read.
    public static func isPatch(_ path: String) throws(DeltaError) -> Bool {
        let file = try InputFile(path: path)
        guard file.size >= headerLength else { return false }
        let memory = ScratchBuffer()
        let start = try file.chunk(0..<magic.count, in: memory)
        return withExtendedLifetime(memory) { start.elementsEqual(magic) }
    }
}

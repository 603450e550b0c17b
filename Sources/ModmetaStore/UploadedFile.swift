/// A regular file that is put into a store, read from the start as often as needed.
package struct UploadedFile: ~Copyable {
    /// The size in bytes when it was opened.
    package let size: UInt64
    private let file: OpenFile

    /// Opens a file.
    ///
    /// - Throws: `.missing` where there is none, `.unsupported` where it is not a regular file.
    package init(_ path: String) throws {
        let file = try OpenFile.importing(path)
        let size = try file.status().size
        self.init(file: file, size: size)
    }

    private init(file: consuming OpenFile, size: UInt64) {
        self.file = file
        self.size = size
    }

    /// Reads a range; the caller has bounded it by `size`, and by the memory it wants to use.
    package func read(_ range: Range<UInt64>) throws -> [UInt8] {
        try file.read(at: range.lowerBound, count: range.count)
    }

    /// Reads the whole file.
    package func readAll() throws -> [UInt8] { try read(0..<size) }
}

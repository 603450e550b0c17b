/// A part of a file that is itself a file of another format, with offsets of its own.
struct ByteWindow<Source: ByteSource>: ByteSource {
    private let source: Source
    private let range: Range<UInt64>

    /// Opens a window on a range within a file.
    init(_ range: Range<UInt64>, of source: Source) {
        self.source = source
        self.range = range
    }

    /// The size of the window in bytes.
    var size: UInt64 { range.upperBound - range.lowerBound }

    /// Reads a range, in bytes from the start of the window.
    func read(_ part: Range<UInt64>) throws -> [UInt8] {
        try source.read(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }
}

/// A part of a file that is a file of another format by itself, with offsets of its own.
struct ByteWindow<Source: ByteSource>: ByteSource {
    private let source: Source
    private let range: Range<UInt64>

    /// Looks at a range that lies within a file.
    init(_ range: Range<UInt64>, of source: Source) {
        self.source = source
        self.range = range
    }

    /// The size of the part in bytes.
    var size: UInt64 { range.upperBound - range.lowerBound }

    /// Reads a range, in bytes from the start of the part.
    func read(_ part: Range<UInt64>) throws -> [UInt8] {
        try source.read(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }
}

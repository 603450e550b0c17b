/// A file as parsers see it: bytes that are read on demand.
///
/// Formats keep their directory at the start, at the end or scattered, with the weights in between; a parser reads the
/// directory and never the weights.
public protocol ByteSource {
    /// The size in bytes.
    var size: UInt64 { get }

    /// Reads exactly the bytes of a range.
    ///
    /// - Parameter range: a range within the file that fits in memory; parsers check both.
    /// - Throws: any error; parsers pass it on unchanged.
    func read(_ range: Range<UInt64>) throws -> [UInt8]
}

/// A file that is in memory.
public struct MemorySource: ByteSource {
    private let bytes: [UInt8]

    /// Wraps the bytes of a whole file.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number of bytes.
    public var size: UInt64 { UInt64(bytes.count) }

    /// Returns the bytes of a range.
    public func read(_ range: Range<UInt64>) -> [UInt8] { Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]) }
}

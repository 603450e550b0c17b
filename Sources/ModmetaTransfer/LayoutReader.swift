internal import ModmetaFormats

extension LocalFile: ByteSource {
    /// Reads the bytes of a range.
    func read(_ range: Range<UInt64>) throws -> [UInt8] { try read(at: range.lowerBound, count: range.count) }

    /// Reads what the file holds; a file that breaks the rules of its format is opaque.
    func layout() throws -> Layout { try layoutReading().layout }

    /// Reads what the file holds, and which rule it breaks if it is not what it looks like.
    func layoutReading() throws -> Layout.Reading { try Layout.read(self) }
}

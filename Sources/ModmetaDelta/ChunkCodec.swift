public import ModmetaFormats

/// Encodes chunks into payloads and decodes them again.
///
/// One codec owns the scratch memory of one worker and is used by one task at a time; it keeps at most a few times
/// `ChunkLimits.maximum` bytes.
public final class ChunkCodec {
    /// Creates a codec without scratch memory; it grows at the first use.
    public init() {}

    /// Encodes a chunk without a base.
    ///
    /// - Parameters:
    ///   - new: the raw bytes, at most `ChunkLimits.maximum`.
    ///   - pieces: what the bytes are; `base` is not looked at.
    /// - Returns: the payload, or nil if it would not be smaller than the raw bytes.
    public func encodeFull(_ new: UnsafeRawBufferPointer, pieces: [CodedPiece]) throws(DeltaError) -> [UInt8]? {
        nil
    }

    /// Encodes a chunk against a base.
    ///
    /// - Parameters:
    ///   - new: the raw bytes, at most `ChunkLimits.maximum`.
    ///   - base: the base's bytes, at most four times `ChunkLimits.maximum`.
    ///   - pieces: what the new bytes are and what each is compared with.
    public func encodeDelta(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, pieces: [CodedPiece]
    ) throws(DeltaError) -> [UInt8] {
        throw DeltaError(.unsupportedVersion, "not built yet")
    }

    /// Decodes a payload into exactly `output.count` bytes.
    ///
    /// - Parameters:
    ///   - payload: untrusted bytes.
    ///   - base: the base's bytes; empty for an encoding without one.
    ///   - output: receives the raw bytes; its contents are undefined when an error is thrown.
    public func decode(
        _ payload: UnsafeRawBufferPointer, encoding: Manifest.Encoding, base: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        throw DeltaError(.unsupportedVersion, "not built yet")
    }
}

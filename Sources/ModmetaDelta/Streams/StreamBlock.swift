/// How one block of a stream is stored; the raw value is the code on the wire.
///
/// See docs/formats/payload.md, "Streams".
enum StreamBlock: UInt8 {
    /// The bytes themselves.
    case raw = 0
    /// One byte value, repeated.
    case constant = 1
    /// One zstd frame.
    case zstd = 2
}

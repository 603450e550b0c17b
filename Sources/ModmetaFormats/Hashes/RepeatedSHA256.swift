/// SHA-256 of many short runs of bytes, one after the other.
public struct RepeatedSHA256: ~Copyable {
    private var hash = SHA256()

    /// Starts the first computation.
    public init() {}

    /// Appends bytes to the run that is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bytes) }

    /// Ends the run, begins the next, and returns the first 8 bytes of the digest as a big-endian number.
    public mutating func finishPrefix() -> UInt64 { hash.restart().w0 }
}

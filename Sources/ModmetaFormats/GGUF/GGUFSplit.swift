/// Which part of a split GGUF model a file is; see docs/formats/gguf.md, "Split files".
public struct GGUFSplit: Hashable, Sendable {
    static let keys: Set<ByteString> = ["split.no", "split.count", "split.tensors.count"]

    /// The number of the part, from 0.
    public let number: UInt64
    /// The number of parts.
    public let count: UInt64
    /// The number of tensors in all parts, or nil if the file does not say.
    public let tensorCount: UInt64?

    /// Reads the split from the metadata; nil unless the file is one of several parts.
    init?(_ metadata: GGUFMetadata) {
        guard let number = metadata.split["split.no"], let count = metadata.split["split.count"], count > 1
        else { return nil }
        (self.number, self.count, tensorCount) = (number, count, metadata.split["split.tensors.count"])
    }
}

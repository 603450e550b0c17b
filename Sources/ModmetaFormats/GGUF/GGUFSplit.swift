/// Which part of a split GGUF model a file is, see docs/formats/gguf.md, "Split files".
public struct GGUFSplit: Hashable, Sendable {
    static let keys: Set<ByteString> = ["split.no", "split.count", "split.tensors.count"]

    /// The part, from 0.
    public let number: UInt64
    /// The parts of the model.
    public let count: UInt64
    /// The tensors of all parts together, or nil if the file does not say.
    public let tensorCount: UInt64?

    /// Takes what the metadata says; nil unless it names a part of several.
    init?(_ metadata: GGUFMetadata) {
        guard let number = metadata.split["split.no"], let count = metadata.split["split.count"], count > 1
        else { return nil }
        (self.number, self.count, tensorCount) = (number, count, metadata.split["split.tensors.count"])
    }
}

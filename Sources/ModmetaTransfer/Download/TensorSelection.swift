public import ModmetaFormats

/// Some tensors of an object in a store, and the chunks that hold them.
public struct TensorSelection: Sendable {
    /// The object.
    public let object: ObjectID
    /// The tensors, in the order of the object's bytes.
    public let tensors: [Layout.Tensor]
    /// The raw bytes of the chunks that hold them.
    public let chunkBytes: UInt64
    /// How many chunks hold them.
    public let chunkCount: Int
    /// The manifest that says in which chunks they are; nil for an object that the store has whole, and which is read as such.
    let base: BaseManifest?

    /// Tensors of an object that the store has whole.
    init(_ object: ObjectID, _ tensors: [Layout.Tensor], whole size: UInt64) {
        (self.object, self.tensors, base) = (object, tensors, nil)
        (chunkCount, chunkBytes) = tensors.isEmpty ? (0, 0) : (1, size)
    }

    init(_ object: ObjectID, _ tensors: [Layout.Tensor], of base: BaseManifest) {
        (self.object, self.tensors, self.base) = (object, tensors, base)
        let entries = Set(tensors.flatMap { base.segments(of: $0.range).map(\.entry) })
        chunkCount = entries.count
        chunkBytes = entries.reduce(0) { $0 + UInt64(base.manifest.entries[$1].rawLength) }
    }
}

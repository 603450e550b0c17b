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
    let base: BaseManifest

    init(_ object: ObjectID, _ tensors: [Layout.Tensor], of base: BaseManifest) {
        (self.object, self.tensors, self.base) = (object, tensors, base)
        let entries = Set(tensors.flatMap { base.segments(of: $0.range).map(\.entry) })
        chunkCount = entries.count
        chunkBytes = entries.reduce(0) { $0 + UInt64(base.manifest.entries[$1].rawLength) }
    }
}

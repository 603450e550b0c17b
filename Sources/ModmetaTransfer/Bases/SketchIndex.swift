internal import ModmetaFormats
internal import ModmetaStore

/// The sketches of a store, each read once for all transfers of an agent.
public actor SketchIndex {
    private var sketches: [Digest: Sketch] = [:]

    /// Creates an index that has read nothing yet.
    public init() {}

    /// All sketches the store has now.
    func all(in store: any ObjectStore) async throws -> [Sketch] {
        var names: [Digest] = []
        try await store.list(.sketches) { names.append($0.digest) }
        for name in names where sketches[name] == nil {
            // The index is advice: what cannot be read is passed over.
            guard let bytes = try? await store.read(.sketch(name), limit: Sketch.sizeLimit),
                SHA256.hash(bytes) == name, let sketch = try? Sketch(parsing: bytes)
            else { continue }
            sketches[name] = sketch
        }
        return names.compactMap { sketches[$0] }
    }
}

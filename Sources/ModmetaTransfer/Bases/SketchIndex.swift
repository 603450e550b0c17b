internal import ModmetaFormats
internal import ModmetaStore

/// The sketches of a store, each read once for a repository.
actor SketchIndex {
    /// How many are read at the same time.
    private static let width = 16

    private let state: StateDatabase
    private var sketches: [Digest: Sketch] = [:]

    /// Creates an index that has read nothing yet, but finds what was read before in a database.
    init(state: StateDatabase) { self.state = state }

    /// All sketches the store has now.
    func all(in store: any ObjectStore) async throws -> [Sketch] {
        var names: [Digest] = []
        try await store.list(.sketches) { names.append($0.digest) }
        for name in names where sketches[name] == nil {
            if let bytes = state.sketch(name) { sketches[name] = Self.sketch(name, bytes) }
        }
        try await read(names.filter { sketches[$0] == nil }, from: store)
        return names.compactMap { sketches[$0] }
    }

    /// The index is advice: what cannot be read is passed over.
    private func read(_ names: [Digest], from store: any ObjectStore) async throws {
        try await withThrowingTaskGroup(of: (Digest, [UInt8]?).self) { group in
            for (number, name) in names.enumerated() {
                if number >= Self.width, let (name, bytes) = try await group.next() { take(name, bytes) }
                group.addTask { (name, try? await store.read(.sketch(name), limit: Sketch.sizeLimit)) }
            }
            for try await (name, bytes) in group { take(name, bytes) }
        }
        try Task.checkCancellation()
    }

    private func take(_ name: Digest, _ bytes: [UInt8]?) {
        guard let bytes, let sketch = Self.sketch(name, bytes) else { return }
        sketches[name] = sketch
        state.record(sketch: name, bytes)
    }

    private static func sketch(_ name: Digest, _ bytes: [UInt8]) -> Sketch? {
        SHA256.hash(bytes) == name ? try? Sketch(parsing: bytes) : nil
    }
}

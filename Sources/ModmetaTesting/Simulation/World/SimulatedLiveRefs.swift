internal import ModmetaFormats
internal import ModmetaStore

/// The objects that the refs of a simulation need, for collections and copies.
struct SimulatedLiveRefs: LiveObjects {
    let world: SimulatedWorld
    let process: SimulatedProcess

    func forEach(_ body: (ObjectID) throws -> Void) async throws {
        for tip in try await world.refs(for: process).values.sorted() {
            for commit in world.ancestors(of: tip) { try world.commit(commit).objects.forEach(body) }
        }
    }

    func mark() async throws -> Digest? {
        let refs = try await world.refs(for: process)
        return SHA256.hash(Array(refs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined().utf8))
    }
}

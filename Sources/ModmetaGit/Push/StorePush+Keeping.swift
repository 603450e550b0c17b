internal import ModmetaFormats

extension StorePush {
    /// Makes sure that a collection has not deleted weights between the look for them and the change of the refs.
    ///
    /// What is gone is sent again. Where that cannot be, the refs go back to what they were, and are refused.
    ///
    /// - Returns: the changes that stand.
    func keep(
        _ promise: Promise, _ changes: [RefChange], _ requests: [PushRequest], _ ledger: inout PushLedger
    ) async throws -> [RefChange] {
        let additions = changes.filter { $0.new != nil }
        if additions.isEmpty { return changes }
        if try await promise.weights.isUndisturbed() { return changes }
        guard let objects = try await atRisk(promise, additions) else { return changes }
        let pointers = PointerGuard(local: local, weights: SecuredWeights(weights: promise.weights))
        guard let gap = try await pointers.gap(in: objects) else { return changes }
        let refused = try await target.apply(
            additions.map { RefChange(name: $0.name, old: $0.new, new: $0.old) }, isAtomic: false, heads: [])
        for request in requests where additions.contains(where: { $0.name == request.destination }) {
            let ending =
                refused[ByteString(request.destination)].map { "; the ref could not be taken back: \($0)" } ?? ""
            ledger.refuse(request, "a collection deleted the weights of \(gap.path) meanwhile\(ending)")
        }
        return changes.filter { $0.new == nil || refused[ByteString($0.name)] != nil }
    }

    /// The objects whose weights a collection may have found dead before the refs changed; nil if there are none.
    ///
    /// What other refs led to counted as known. If one of them is gone, what it led to was dead until ours led to it.
    private func atRisk(_ promise: Promise, _ additions: [RefChange]) async throws -> NewObjects? {
        let ours = Set(additions.map { ByteString($0.name) })
        let others = try await target.refs().all.filter { !ours.contains(ByteString($0.name)) }
        let standing = Dictionary(others.map { (ByteString($0.name), $0.target) }) { first, _ in first }
        let isKnownStanding = promise.refs.all.allSatisfy { ref in
            let name = ByteString(ref.name)
            return ours.contains(name) || standing[name] == ref.target
        }
        if isKnownStanding { return promise.new }
        // The old values of ours held until the change.
        let tips = Set(standing.values).union(additions.compactMap(\.old))
        let objects = try await newObjects(Set(additions.compactMap(\.new)), beyond: local.present(among: tips))
        return objects.count > 0 ? objects : nil
    }
}

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
        let pointers = PointerGuard(local: local, weights: SecuredWeights(weights: promise.weights))
        guard let gap = try await pointers.gap(in: promise.objects) else { return changes }
        let refused = try await target.apply(
            additions.map { RefChange(name: $0.name, old: $0.new, new: $0.old) }, isAtomic: false, heads: [])
        for request in requests where additions.contains(where: { $0.name == request.destination }) {
            let ending =
                refused[ByteString(request.destination)].map { "; the ref could not be taken back: \($0)" } ?? ""
            ledger.refuse(request, "a collection deleted the weights of \(gap.path) meanwhile\(ending)")
        }
        return changes.filter { $0.new == nil || refused[ByteString($0.name)] != nil }
    }
}

internal import ModmetaStore

extension StorePush {
    /// Looks ahead to the stores that the same push goes to after this one: their weights must be there, or nothing moves.
    ///
    /// git finishes each URL before it turns to the next, so a refusal there would come after the refs have changed here.
    ///
    /// - Returns: the plans that may still go ahead.
    func passingSiblings(
        _ plans: [Plan], _ weights: PushedWeights, beyond known: Set<GitObjectName>,
        _ ledger: inout PushLedger
    ) async throws -> [Plan] {
        var passing = plans
        for sibling in weights.siblings {
            let tips = Set(passing.compactMap(\.change.new))
            guard !tips.isEmpty else { break }
            do {
                let refs = try await siblingRefs(sibling.address)
                let there = if let refs { try await local.present(among: refs.tips) } else { known }
                let pointers = PointerGuard(local: local, weights: sibling.presence)
                let new = try await newObjects(tips, beyond: there)
                guard try await pointers.gap(in: new) != nil else { continue }
                passing = try await self.passing(passing, pointers, beyond: there, weights, in: sibling.name, &ledger)
            } catch let error where !(error is CancellationError) {
                for plan in passing where plan.change.new != nil {
                    ledger.refuse(plan.request, "this push goes to \(sibling.name) too, which cannot be used: \(error)")
                }
                passing = passing.filter { $0.change.new == nil }
            }
        }
        return ledger.isOver ? [] : passing
    }
}

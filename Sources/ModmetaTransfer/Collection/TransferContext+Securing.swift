public import ModmetaFormats
internal import ModmetaStore

/// How a push keeps what it relies on from a collection that runs at the same time.
///
/// An object is secured when the format document says the same before and after it was proven present, and condemns
/// nothing of it: between two equal documents nothing was condemned or deleted. What is secured stays for as long as a
/// collection finds it needed: by a ref, or because it is younger than the grace period.
extension TransferContext {
    /// Proves that the store can rebuild an object and that no collection under way deletes any of it.
    ///
    /// Condemned objects are rescued; those that are being deleted are waited for.
    ///
    /// - Returns: false if the store cannot rebuild the object, which must then be uploaded.
    public func secure(_ object: ObjectID, size: UInt64) async throws -> Bool {
        while true {
            var before = try await collection.current(in: store)
            let needed = try await members(of: object, size: size)
            if needed.contains(where: before.isCondemned) {
                let clock = CollectionClock(elapsed: clock.elapsed, sleep: clock.sleep)
                before = try await Rescue(store: store, clock: clock).rescue(needed, knowing: before)
                await collection.note(before)
            }
            guard try await canRebuild(object, size: size) else { return false }
            if try await before.isCurrent(in: store) { return true }
        }
    }

    /// Whether there is no collection, and there was none since `lookForCollections`.
    ///
    /// What was proven present since that call is then secured.
    public func isUndisturbed() async throws -> Bool {
        if omissions.contains(.collections) { return true }
        let before = try await collection.startOfProof(in: store)
        guard before.state == nil else { return false }
        return try await before.isCurrent(in: store)
    }

    /// Looks at what the store says of collections, for a later `isUndisturbed`.
    public func lookForCollections() async throws { try await collection.startProof(in: store) }

    /// Whether an object that the store lacks was there before a collection, as this repository remembers it.
    public func wasCollected(_ object: ObjectID) async throws -> Bool {
        guard let epoch = state.epochStored(object, store: storeID) else { return false }
        return try await epoch < collection.current(in: store).epoch
    }

    /// All that is needed to rebuild an object.
    private func members(of object: ObjectID, size: UInt64) async throws -> [CondemnedList.Member] {
        var members = [CondemnedList.Member(.objects, object.digest)]
        do {
            if let manifest = try await manifest(of: object), manifest.layout.size == size {
                members += TransferContext.members(of: manifest)
            }
        } catch let error as TransferError where error.code == .corrupt {
            // A manifest that cannot be used is as good as none.
        }
        return members
    }

    static func members(of manifest: Manifest) -> [CondemnedList.Member] {
        [.init(.manifests, manifest.object.digest)]
            + (manifest.entries.map(\.payload.digest) + manifest.standIns).map { .init(.objects, $0) }
    }
}

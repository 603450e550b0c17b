internal import ModmetaFormats
internal import ModmetaStore

/// The invariants of a store with maintenance.
extension SimulatedWorld {
    /// The objects that refs lead to at present.
    var needed: Set<ObjectID> {
        let tips = with { Set($0.refs.values) }
        return Set(tips.flatMap { ancestors(of: $0) }.flatMap { commit($0).objects })
    }

    /// Deletes a branch if it exists.
    func delete(_ branch: String, process: SimulatedProcess) async throws -> Bool {
        let fault = try await enter(.moveRef, nil, process: process)
        let wasThere = with { $0.refs.removeValue(forKey: branch) } != nil
        note("\(branch) is deleted")
        mix("\(branch) deleted")
        // Objects that only this branch led to may be deleted.
        let needed = needed
        with { $0.acknowledged.formIntersection(needed) }
        try leave(fault, process: process)
        return wasThere
    }

    /// Records that a person was told that a push succeeded; its objects must stay as long as a ref leads to them.
    func acknowledgePush(_ objects: [ObjectID], losses: Int) async {
        let needed = needed
        for object in objects where needed.contains(object) { await acknowledge(object, losses: losses) }
    }

    /// Records the process that made a claim.
    func noteClaim(in document: [UInt8], by process: SimulatedProcess) {
        guard let claim = try? StoreFormat(parsing: document).collection()?.claim, claim != 0 else { return }
        with { $0.claims[claim] = ObjectIdentifier(process) }
    }

    /// Checks whether a collection may delete an object now.
    func checkDeletion(of key: ObjectKey, by process: SimulatedProcess) async {
        guard process.role == .collection, key.isMember else { return }
        guard let condemned = try? await Condemnation.read(from: truth), let state = condemned.state,
            let position = condemned.list.members.firstIndex(where: { $0.key == key }),
            state.swept..<state.sweeping ~= position, with({ $0.claims[state.claim] }) == ObjectIdentifier(process)
        else {
            return violate(.deletesOnlyCondemned, "\(key.path) is deleted without a claim")
        }
        let age = Int64(scheduler.secondsSince1970) + process.grace.skew - state.condemned
        // A clock that is set back during the sweep does not change earlier decisions.
        guard process.grace.seconds == 0 || age >= process.grace.seconds || with({ $0.hasJumped }) else {
            return violate(.deletesOnlyCondemned, "\(key.path) is deleted \(age) s after it was marked")
        }
    }

    /// Checks that everything acknowledged still exists; unchanged objects are not decoded again.
    func expectAcknowledgedAfterDeletion() async {
        for object in with({ $0.acknowledged }).sorted() where await !hasAll(of: object, in: truth) {
            violate(.nothingAcknowledgedIsLost, "a collection deleted what object \(object) needs")
        }
        with { $0.whole.formIntersection($0.acknowledged) }
    }

    /// Checks that a successful copy has what refs needed when it started.
    func expectCopied(_ objects: Set<ObjectID>) async {
        for object in objects.sorted() where await !hasAll(of: object, in: copy) {
            violate(.copiesAreWhole, "a copy succeeded without object \(object)")
        }
    }

    /// Checks that a manifest in the copy has what it names.
    func checkCopied(_ key: ObjectKey) async {
        // A torn manifest names nothing; the next copy or its check finds it.
        guard let object = manifests[key], let bytes = try? await copy.read(key, limit: .max),
            (try? Manifest(parsing: bytes)) != nil, await !hasAll(of: object, in: copy)
        else { return }
        violate(.copiesAreWhole, "the copy has the manifest of \(object) but not what it names")
    }

    /// Whether a store has the bytes of an object in any form; nothing is decoded.
    private func hasAll(of object: ObjectID, in store: MemoryStore) async -> Bool {
        if let bytes = try? await store.read(.manifest(object), limit: .max),
            let manifest = try? Manifest(parsing: bytes)
        {
            var isComplete = true
            for entry in manifest.entries {
                let size = try? await store.size(of: .payload(entry.payload))
                if size != UInt64(entry.payloadLength) { isComplete = false }
            }
            if isComplete { return true }
        }
        return (try? await store.size(of: .object(object))) == scenario.contents[object].map { UInt64($0.count) }
    }
}

extension ObjectKey {
    var isCondemnedList: Bool { path.hasPrefix("modmeta/condemned/") }
    /// Whether a collection deletes such objects when they are not needed.
    fileprivate var isMember: Bool { self != .format && !isCondemnedList }
}

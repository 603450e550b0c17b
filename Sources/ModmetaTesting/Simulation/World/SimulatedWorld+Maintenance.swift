internal import ModmetaFormats
internal import ModmetaStore

/// What is promised about a store that is looked after.
extension SimulatedWorld {
    /// The objects that refs lead to now.
    var needed: Set<ObjectID> {
        let tips = with { Set($0.refs.values) }
        return Set(tips.flatMap { ancestors(of: $0) }.flatMap { commit($0).objects })
    }

    /// Deletes a branch if it is there.
    func delete(_ branch: String, process: SimulatedProcess) async throws -> Bool {
        let fault = try await enter(.moveRef, nil, process: process)
        let wasThere = with { $0.refs.removeValue(forKey: branch) } != nil
        note("\(branch) is deleted")
        mix("\(branch) deleted")
        // What only it led to may go.
        let needed = needed
        with { $0.acknowledged.formIntersection(needed) }
        try leave(fault, process: process)
        return wasThere
    }

    /// Notes that somebody was told that a push is done; from now on its objects stay as long as a ref leads to them.
    func acknowledgePush(_ objects: [ObjectID], losses: Int) async {
        let needed = needed
        for object in objects where needed.contains(object) { await acknowledge(object, losses: losses) }
    }

    /// Notes who made a claim.
    func noteClaim(in document: [UInt8], by process: SimulatedProcess) {
        guard let claim = try? StoreFormat(parsing: document).collection()?.claim, claim != 0 else { return }
        with { $0.claims[claim] = ObjectIdentifier(process) }
    }

    /// Looks whether a collection may delete something now.
    func checkDeletion(of key: ObjectKey, by process: SimulatedProcess) async {
        guard process.role == .collection, key.isMember else { return }
        guard let condemned = try? await Condemnation.read(from: truth), let state = condemned.state,
            let position = condemned.list.members.firstIndex(where: { $0.key == key }),
            state.swept..<state.sweeping ~= position, with({ $0.claims[state.claim] }) == ObjectIdentifier(process)
        else {
            return violate(.deletesOnlyCondemned, "\(key.path) is deleted without a claim to it")
        }
        let age = Int64(scheduler.secondsSince1970) + process.grace.skew - state.condemned
        // A clock that is set back while the sweep goes on changes nothing about what was decided.
        guard process.grace.seconds == 0 || age >= process.grace.seconds || with({ $0.hasJumped }) else {
            return violate(.deletesOnlyCondemned, "\(key.path) is deleted \(age) s after it was condemned")
        }
    }

    /// Looks whether all that was acknowledged is still there; what did not change need not be decoded again.
    func expectAcknowledgedAfterDeletion() async {
        for object in with({ $0.acknowledged }).sorted() where await !hasAll(of: object, in: truth) {
            violate(.nothingAcknowledgedIsLost, "a collection deleted what object \(object) needs")
        }
        with { $0.whole.formIntersection($0.acknowledged) }
    }

    /// Looks whether a copy that succeeded has what refs needed when it began.
    func expectCopied(_ objects: Set<ObjectID>) async {
        for object in objects.sorted() where await !hasAll(of: object, in: copy) {
            violate(.copiesAreWhole, "a copy succeeded without object \(object)")
        }
    }

    /// Looks whether a manifest that came into the copy has what it names.
    func checkCopied(_ key: ObjectKey) async {
        // One that was torn on its way names nothing; the next copy, or its proof, finds it.
        guard let object = manifests[key], let bytes = try? await copy.read(key, limit: .max),
            (try? Manifest(parsing: bytes)) != nil, await !hasAll(of: object, in: copy)
        else { return }
        violate(.copiesAreWhole, "the copy has the manifest of \(object), and not what it names")
    }

    /// Whether a store has the bytes of an object in whatever form; nothing is decoded.
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
    /// Whether a collection deletes such objects because nobody needs them.
    fileprivate var isMember: Bool { self != .format && !isCondemnedList }
}

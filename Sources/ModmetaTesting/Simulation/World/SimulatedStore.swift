internal import ModmetaFormats
internal import ModmetaStore

/// The store as one process sees it: every call is an effect at which a fault may occur.
struct SimulatedStore: ObjectStore {
    /// Which of the two stores it is.
    enum Place: Sendable { case store, copy }

    let world: SimulatedWorld
    let process: SimulatedProcess
    var place = Place.store

    /// The actual contents.
    private var truth: MemoryStore { place == .store ? world.truth : world.copy }

    /// Whether an object is hidden from the process.
    private func isAway(_ key: ObjectKey) -> Bool {
        place == .store && world.manifests[key] != nil && world.scheduler.now < process.manifestsAway
    }

    /// Records a change and checks it.
    private func changed(_ key: ObjectKey, from before: [UInt8]?) async throws {
        if place == .store {
            try await world.changed(key, from: before, by: process)
        } else {
            await world.checkCopied(key)
        }
    }

    private func effect<Result>(
        _ effect: SimulatedEffect, _ key: ObjectKey?, _ body: (SimulatedFault?) async throws -> Result
    ) async throws -> Result {
        let fault = try await world.enter(effect, key, process: process)
        if fault == .repeated { _ = try await body(fault) }
        let result = try await body(fault)
        try world.leave(fault, process: process)
        return result
    }

    func size(of key: ObjectKey) async throws -> UInt64? {
        try await effect(.size, key) { _ in isAway(key) ? nil : try await truth.size(of: key) }
    }

    func sizes(of keys: [ObjectKey]) async throws -> [UInt64?] {
        try await effect(.sizes, keys.first) { _ in
            zip(keys, try await truth.sizes(of: keys)).map { isAway($0) ? nil : $1 }
        }
    }

    func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        try await effect(.read, key) { fault in
            if isAway(key) { throw StoreError(.missing, "the store has no \(key.path)") }
            var bytes = try await truth.read(key, limit: limit)
            guard !bytes.isEmpty else { return bytes }
            switch fault {
            case .truncated: bytes.removeSubrange(world.draw { $0.pick(0..<bytes.count) }...)
            case .flipped: bytes[world.draw { $0.pick(0..<bytes.count) }] ^= 1 << world.draw { $0.pick(0..<8) }
            default: break
            }
            return bytes
        }
    }

    func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        try await effect(.readRange, key) { fault in
            var bytes = try await truth.read(key, range: range)
            if fault == .flipped, !bytes.isEmpty { bytes[world.draw { $0.pick(0..<bytes.count) }] ^= 0x20 }
            return bytes
        }
    }

    func put(_ key: ObjectKey, _ content: ObjectContent) async throws -> PutOutcome {
        try await effect(.put, key) { fault in
            let before = try? await truth.read(key, limit: .max)
            if case .bytes(let bytes) = content {
                world.with { $0.announced[key] = UInt64(bytes.count) }
                if fault == .torn || fault == .tornByKill {
                    return try await tear(key, bytes, before: before)
                }
            }
            if fault == .full { throw StoreError(.full, "the store is full; free some space and push again") }
            let outcome = try await truth.put(key, content)
            if outcome == .created { world.with { $0.unflushed.append((key, $0.step)) } }
            try await changed(key, from: before)
            return outcome
        }
    }

    /// Stores the first bytes of an object, unless it exists.
    private func tear(_ key: ObjectKey, _ bytes: [UInt8], before: [UInt8]?) async throws -> PutOutcome {
        guard before == nil, bytes.count > 1 else { return .existed }
        let left = Array(bytes.prefix(world.draw { $0.pick(0..<bytes.count) }))
        world.count(outcome: "torn \(key.path.prefix { $0 != "/" })")
        _ = try await truth.put(key, .bytes(left))
        try await changed(key, from: nil)
        return .created
    }

    func compareAndSwapFormat(expected: [UInt8]?, new: [UInt8]) async throws -> Bool {
        try await effect(.swapFormat, .format) { _ in
            let isSwapped = try await truth.compareAndSwapFormat(expected: expected, new: new)
            if isSwapped { world.noteClaim(in: new, by: process) }
            return isSwapped
        }
    }

    func replaceManifest(of object: ObjectID, expected: [UInt8], new: [UInt8]) async throws -> Bool {
        try await effect(.replace, .manifest(object)) { _ in
            let before = try? await truth.read(.manifest(object), limit: .max)
            let isReplaced = try await truth.replaceManifest(of: object, expected: expected, new: new)
            try await changed(.manifest(object), from: before)
            return isReplaced
        }
    }

    func list(_ family: ObjectFamily, visit: (ListedObject) async throws -> Void) async throws {
        let members = try await effect(.list, nil) { fault -> [ListedObject] in
            var members: [ListedObject] = []
            try await truth.list(family) { members.append($0) }
            members.sort { $0.digest < $1.digest }
            if family == .manifests, place == .store, world.scheduler.now < process.manifestsAway { return [] }
            if fault == .cut, !members.isEmpty { members.removeSubrange(world.draw { $0.pick(0..<members.count) }...) }
            if fault == .stale, !members.isEmpty {
                members.remove(at: world.draw { $0.pick(0..<members.count) })
            }
            return members
        }
        for member in members { try await visit(member) }
    }

    func delete(_ key: ObjectKey) async throws {
        try await effect(.delete, key) { _ in
            if place == .store { await world.checkDeletion(of: key, by: process) }
            let before = try? await truth.read(key, limit: .max)
            try await truth.delete(key)
            try await changed(key, from: before)
        }
    }
}

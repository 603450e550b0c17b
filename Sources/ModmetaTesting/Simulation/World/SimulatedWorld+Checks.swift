internal import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaTransfer

extension SimulatedWorld {
    /// Whether a reader without a cache and without faults gets an object bit for bit.
    ///
    /// Getting other bytes is a violation.
    func isWhole(_ object: ObjectID) async -> Bool {
        if with({ $0.whole.contains(object) }) { return true }
        guard let content = scenario.contents[object] else { return false }
        let clock = TransferClock(elapsed: { .zero }, secondsSince1970: { 0 }, sleep: { _ in })
        var context = TransferContext(
            store: truth, storeID: "simulated", state: StateDatabase(path: "\(directory)/no-state/state.sqlite"),
            slots: WorkSlots(directory: "\(directory)/none", count: 1, clock: clock),
            turns: UploadTurns(directory: "\(directory)/none", clock: clock),
            objectPath: { [directory] in "\(directory)/none/\($0)" }, partialDirectory: "\(directory)/check",
            clock: clock)
        context.omissions = Omissions(mutation?.omissions ?? [])
        unlink("\(directory)/check/\(object)")
        defer { unlink("\(directory)/check/\(object)") }
        do {
            let downloader = Downloader(context: context)
            // A separate task, because the current one may be cancelled, which would stop the reads.
            let reading = Task(executorPreference: executor) {
                try await downloader.download(object, size: UInt64(content.count)) { _ in }
            }
            let partial = try await reading.value
            guard try repositories[0].contents(of: partial) == content else {
                violate(.rightBytes, "the store returns other bytes for object \(object)")
                return false
            }
            with { _ = $0.whole.insert(object) }
            return true
        } catch {
            note("object \(object) cannot be read: \(error)")
            return false
        }
    }

    /// Checks a change of the store against the previous contents.
    func changed(_ key: ObjectKey, from before: [UInt8]?, by process: SimulatedProcess) async throws {
        let after = try? await truth.read(key, limit: .max)
        guard before != after, !key.isCondemnedList else { return }
        mix(after.map { SHA256.hash($0).hex } ?? "gone")
        // A collection may delete valid objects; whether it may delete this one is checked below.
        let mayGo = process.role == .collection && after == nil
        if let before, !mayGo, await isSound(before, key) {
            violate(.objectsNeverChange, "\(key.path) was valid and \(after == nil ? "is gone" : "has other bytes")")
        }
        if mayGo { return await expectAcknowledgedAfterDeletion() }
        if before != nil { await recheck() }
        guard let after, let manifest = try? Manifest(parsing: after) else {
            if let object = manifests[key] {
                with { _ = $0.whole.remove(object) }
                try await expectAcknowledged(object)
            }
            return
        }
        if manifest.entries.contains(where: { $0.encoding == .delta }) { with { $0.hasChain = true } }
        with { _ = $0.whole.remove(manifest.object) }
        // With collections, a push checks again what it sent, and sends again what is gone.
        if losses == 0, !scenario.maintenance.collects, await !isWhole(manifest.object) {
            violate(.wholeOrNone, "the manifest of \(manifest.object) exists, but the object cannot be rebuilt")
        }
        try await expectAcknowledged(manifest.object)
    }

    private func isSound(_ bytes: [UInt8], _ key: ObjectKey) async -> Bool {
        if let digest = key.contentDigest { return SHA256.hash(bytes) == digest }
        guard let manifest = try? Manifest(parsing: bytes) else { return false }
        for entry in manifest.entries {
            guard let size = try? await truth.size(of: .payload(entry.payload)), size == UInt64(entry.payloadLength)
            else { return false }
        }
        return true
    }

    /// Records that a person was told that an object is in the store.
    ///
    /// - Parameter losses: the number of losses when the store was last asked.
    func acknowledge(_ object: ObjectID, losses: Int) async {
        guard self.losses == losses else { return }
        with { _ = $0.acknowledged.insert(object) }
        try? await expectAcknowledged(object)
    }

    private func expectAcknowledged(_ object: ObjectID) async throws {
        guard with({ $0.acknowledged.contains(object) }), await !isWhole(object) else { return }
        violate(.nothingAcknowledgedIsLost, "object \(object) was acknowledged and cannot be rebuilt")
    }

    /// Checks everything that was acknowledged.
    func recheck() async {
        let objects = with { state in
            state.whole = []
            return state.acknowledged
        }
        for object in objects.sorted() { try? await expectAcknowledged(object) }
    }
}

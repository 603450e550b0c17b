internal import ModmetaFormats
internal import ModmetaStore
internal import Synchronization

extension SimulatedPerson {
    /// Runs garbage collections at random intervals.
    func collect(_ collection: SimulatedMaintenance.Collection) async {
        for _ in 0..<collection.rounds {
            await pause(20..<4000)
            let outcome = await command("collect", role: .collection) { process in
                do {
                    let result = try await collector(collection, process).collect()
                    if result.deletedCount > 0 { world.count(outcome: "collect deleted") }
                    return .done
                } catch let error as UnaccountedObjects {
                    world.note("person \(number): \(error)")
                    return .refused
                } catch let error as StoreError where error.code == .corrupt {
                    // A torn manifest that is not needed yet stops the collection: nothing is deleted until it is
                    // repaired.
                    return .refused
                }
            }
            if outcome == nil { return }
        }
    }

    private func collector(_ collection: SimulatedMaintenance.Collection, _ process: SimulatedProcess) -> Collector {
        let scheduler = world.scheduler
        process.grace = (collection.grace, collection.skew)
        var collector = Collector(
            store: store(process), live: SimulatedLiveRefs(world: world, process: process), grace: collection.grace,
            now: { Int64(scheduler.secondsSince1970) + collection.skew },
            clock: CollectionClock(
                elapsed: { scheduler.now }, sleep: { try await scheduler.wait($0, process: process) }),
            parseManifest: Self.parse)
        collector.omissions = Omissions(world.mutation?.collectionOmissions ?? [])
        return collector
    }

    /// Deletes branches at random intervals.
    func prune() async {
        for _ in 0..<2 {
            await pause(500..<6000)
            let outcome = await command("prune", role: .prune) { process in
                let refs = try await world.refs(for: process)
                guard let branch = refs.keys.sorted().first(where: { _ in world.draw { $0.oneIn(2) } }) else {
                    return .missing
                }
                return try await world.delete(branch, process: process) ? .done : .refused
            }
            if outcome == nil { return }
        }
    }

    /// Copies the store at random intervals.
    func copy() async {
        for _ in 0..<2 {
            await pause(500..<5000)
            let outcome = await command("copy", role: .copy) { process in
                let live = SimulatedLiveSnapshot(SimulatedLiveRefs(world: world, process: process))
                try await live.capture()
                var copier = StoreCopier(
                    from: store(process), to: store(process, at: .copy), width: 2, scratch: world.directory,
                    parseManifest: Self.parse)
                copier.omissions = Omissions(world.mutation?.collectionOmissions ?? [])
                let report = try await copier.copy(live: live)
                guard report.failures.isEmpty else { return .refused }
                try process.check()
                await world.expectCopied(live.objects)
                return .done
            }
            if outcome == nil { return }
        }
    }

    private func pause(_ milliseconds: Range<Int>) async {
        let pause = Duration.milliseconds(world.draw { $0.pick(milliseconds) })
        try? await world.scheduler.wait(pause, process: SimulatedProcess(person: number))
    }

    private static let parse: StoreAudit.ManifestParser = { bytes in
        let manifest = try Manifest(parsing: bytes)
        try manifest.validate()
        return manifest
    }
}

/// The objects that refs needed at one moment.
final class SimulatedLiveSnapshot: LiveObjects {
    private let refs: SimulatedLiveRefs
    private let found = Mutex<Set<ObjectID>>([])

    init(_ refs: SimulatedLiveRefs) { self.refs = refs }

    var objects: Set<ObjectID> { found.withLock { $0 } }

    func capture() async throws {
        var objects: Set<ObjectID> = []
        try await refs.forEach { objects.insert($0) }
        let taken = objects
        found.withLock { $0 = taken }
    }

    func forEach(_ body: (ObjectID) throws -> Void) async throws { try objects.forEach(body) }
}

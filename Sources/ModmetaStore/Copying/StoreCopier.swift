package import ModmetaFormats

/// Copies the weights of one store into another, of any kinds.
///
/// Payloads and whole objects go first, then sketches, then manifests, so that a reader of the copy sees whole versions at
/// any moment. Every object is hashed on its way. What the copy has already, at its size, is left alone: a copy that was
/// broken off goes on.
public struct StoreCopier: Sendable {
    let source: any ObjectStore
    let destination: any ObjectStore
    let width: Int
    private let carrier: ObjectCarrier
    let parseManifest: StoreAudit.ManifestParser
    /// What a test leaves out.
    package var omissions = Omissions<CollectionOmission>()

    /// Prepares a copy.
    ///
    /// - Parameters:
    ///   - width: how many objects are on their way at the same time; each takes at most 16 MiB of memory.
    ///   - scratch: a directory for objects larger than that, where the source is not a directory.
    ///   - parseManifest: parses and validates a manifest.
    public init(
        from source: any ObjectStore, to destination: any ObjectStore, width: Int = 8, scratch: String,
        parseManifest: @escaping StoreAudit.ManifestParser
    ) {
        self.source = source
        self.destination = destination
        self.width = max(1, width)
        self.parseManifest = parseManifest
        carrier = ObjectCarrier(source: source, destination: destination, scratch: scratch)
    }

    /// Copies what is in the source now.
    ///
    /// - Parameters:
    ///   - live: LFS objects that the copy must have at the end, as refs needed them before it began; what of them is not
    ///     there is a failure.
    ///   - progress: called as objects come across, one call at a time, and soon to return.
    /// - Throws: errors of the stores; what is wrong with one object is a failure in the report.
    public func copy(
        live: any LiveObjects = ListedObjects([]), progress: @escaping @Sendable (StoreProgress) -> Void = { _ in }
    ) async throws -> CopyReport {
        guard try await source.format().id != destination.format().id else {
            throw StoreError(.denied, "the source and the destination are one and the same store")
        }
        var report = CopyReport()
        var before = try await Condemnation.read(from: destination)
        // Each further round needs a collection in the destination to have got in between.
        for round in 0..<8 {
            if before.state != nil { before = try await rescue(knowing: before) }
            let pass = try await pass(progress)
            report.copied.count += pass.copied.count
            report.copied.bytes += pass.copied.bytes
            if round == 0 { report.present = pass.present }
            report.failures = pass.failures
            if try await before.isCurrent(in: destination) {
                try await prove(live, &report)
                return report
            }
            before = try await Condemnation.read(from: destination, knowing: before)
        }
        throw StoreError(.unavailable, "collections keep changing the destination; give the same command again")
    }

    /// Takes what will be copied out of the destination's collection, where it is there already.
    private func rescue(knowing known: Condemnation) async throws -> Condemnation {
        var members: [CondemnedList.Member] = []
        for family in CondemnedList.families {
            try await source.list(family) { members.append(.init(family, $0.digest)) }
        }
        return try await Rescue(store: destination).rescue(members, knowing: known)
    }

    private func pass(_ progress: @escaping @Sendable (StoreProgress) -> Void) async throws -> CopyReport {
        // Manifests are listed first and copied last: what they name was there when they were listed.
        let manifests = try await listed(.manifests)
        let objects = try await listed(.objects)
        let sketches = try await listed(.sketches)
        let progress = SharedProgress(manifests + objects + sketches, report: progress)
        var report = CopyReport()
        var parts: [(ObjectFamily, [ListedObject])] = [
            (.objects, objects), (.sketches, sketches), (.manifests, manifests),
        ]
        if omissions.contains(.payloadsOfCopies) { parts.reverse() }
        for (family, members) in parts { try await copy(members, of: family, &report, progress) }
        report.failures.sort { $0.key < $1.key }
        return report
    }

    private func listed(_ family: ObjectFamily) async throws -> [ListedObject] {
        var members: [ListedObject] = []
        try await source.list(family) { members.append($0) }
        return members
    }

    private func copy(
        _ members: [ListedObject], of family: ObjectFamily, _ report: inout CopyReport, _ progress: SharedProgress
    ) async throws {
        // Many objects are one question.
        for start in stride(from: 0, to: members.count, by: 1000) {
            let share = members[start..<min(start + 1000, members.count)]
            let there = try await isThere(Array(share), of: family)
            let present = zip(share, there).filter(\.1).map(\.0)
            let missing = zip(share, there).filter { !$1 }.map(\.0)
            for member in present { report.present.add(member.size) }
            progress.found(present)
            try await missing.concurrentForEach(
                width: width, { ($0, try await carry($0, of: family, progress)) },
                receive: { member, outcome in
                    switch outcome {
                    case .copied: report.copied.add(member.size)
                    case .gone: break
                    case .failed(let reason):
                        report.failures.append(.init(key: family.key(member.digest), reason: reason))
                    }
                })
        }
    }

    /// Which members the destination has already.
    private func isThere(_ members: [ListedObject], of family: ObjectFamily) async throws -> [Bool] {
        guard family == .manifests else {
            return try await destination.has(members.map { (family.key($0.digest), $0.size) })
        }
        // Two manifests of one object may differ; the first one wins here as anywhere.
        return try await destination.sizes(of: members.map { family.key($0.digest) }).map { ($0 ?? 0) > 0 }
    }

    private func carry(
        _ member: ListedObject, of family: ObjectFamily, _ progress: SharedProgress
    ) async throws -> ObjectCarrier.Outcome {
        var noted: UInt64 = 0
        defer { progress.finished(member, noted: noted) }
        guard family == .manifests else {
            return try await carrier.carry(family.key(member.digest), size: member.size) { count in
                noted += count
                progress.read(count)
            }
        }
        switch try await StoreAudit(store: source, parseManifest: parseManifest).manifestWithBytes(member.digest) {
        case .failure(let damage): return damage.kind == .missing ? .gone : .failed(damage.detail)
        case .success((let manifest, let bytes)):
            let isComplete = try await destination.canRebuild(from: manifest)
            guard isComplete || omissions.contains(.payloadsOfCopies) else {
                let key = ObjectKey.manifest(manifest.object)
                return try await source.size(of: key) == nil
                    ? .gone : .failed("payloads that it names could not be copied")
            }
            _ = try await destination.put(.manifest(manifest.object), .bytes(bytes))
            return .copied
        }
    }
}

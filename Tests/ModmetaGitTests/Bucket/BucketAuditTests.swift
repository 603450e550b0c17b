import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaGit

@Suite struct BucketAuditTests {
    /// What is done to a file of the bucket.
    enum Damage: CaseIterable {
        case lost, flipped, cutShort
    }

    private func audit(_ world: BucketWorld, isQuick: Bool = false) async throws -> HistoryReport {
        var report = HistoryReport()
        _ = try await BucketAudit(files: world.bucket, store: world.id).run(isQuick: isQuick, &report)
        return report
    }

    private func harm(_ path: String, in bucket: any BucketFiles, _ damage: Damage) async throws {
        var bytes = try await bucket.read(path, limit: 1 << 20)
        try await bucket.delete(path)
        switch damage {
        case .lost: return
        case .flipped: bytes[bytes.count / 2] ^= 1
        case .cutShort: bytes.removeLast()
        }
        _ = try await bucket.put(path, .bytes(bytes), .always)
    }

    @Test(arguments: Damage.allCases) func `packs and indexes that are not as listed are named`(_ damage: Damage)
        async throws
    {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            #expect(try await audit(world).isClean)
            try await world.makeRepository("a")
            let history = world.history("a")
            _ = try await world.push("a", "HEAD:refs/heads/main", in: history)
            try await history.writeDerivedFiles()
            let sound = try await audit(world)
            #expect(sound.isClean)
            #expect(sound.notes == [])
            let pack = try #require(try await history.listedPacks().first)
            for path in [pack.packPath, pack.indexPath] {
                let bytes = try await world.bucket.read(path, limit: 1 << 20)
                try await harm(path, in: world.bucket, damage)
                let report = try await audit(world)
                #expect(report.findings.map(\.place) == [path])
                #expect(report.findings.first?.kind == (damage == .lost ? .missing : .damaged))
                // Sizes alone do not show a flipped bit.
                #expect(
                    try await audit(world, isQuick: true).findings.isEmpty
                        == (damage == .flipped && path == pack.indexPath))
                _ = try await world.bucket.put(path, .bytes(bytes), .always)
            }
        }
    }

    @Test func `a damaged generation is a finding, stale derived files are a note`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("a")
            let history = world.history("a")
            _ = try await world.push("a", "HEAD:refs/heads/main", in: history)
            try await history.writeDerivedFiles()
            try await harm("info/refs", in: world.bucket, .flipped)
            let stale = try await audit(world)
            #expect(stale.isClean)
            #expect(stale.notes.count == 1)
            try await harm(RefGeneration.path(of: 1), in: world.bucket, .flipped)
            #expect(try await audit(world).findings.map(\.place) == [RefGeneration.directory])
        }
    }
}

import Glibc
import ModmetaNetwork
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaGit

@Suite struct BucketRaceTests {
    private static let branches = 8
    /// `MODMETA_RACE_ROUNDS` asks for more than the few that every run of the tests makes.
    private static let rounds = getenv("MODMETA_RACE_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 2

    /// One push of one pusher, and what it was told.
    private struct Attempt: Sendable {
        var branch: String
        var tip: GitObjectName
        var status: PushResult.Status
    }

    @Test func `sixteen pushers to eight branches lose nothing that was acknowledged`() async throws {
        try await HermeticGit.withTemporary { git in
            let world = try BucketWorld(git)
            try await world.makeRepository("seed")
            _ = try await world.push("seed", "HEAD:refs/heads/main")
            for pusher in 0..<(2 * Self.branches) {
                try await git.run("clone", "--quiet", git.path("seed"), git.path("p\(pusher)"))
            }
            var acknowledged: [Attempt] = []
            for round in 0..<Self.rounds {
                for pusher in 0..<(2 * Self.branches) {
                    try await world.commit("p\(pusher)", "round \(round) of \(pusher)")
                }
                let attempts = try await race(world)
                for branch in 0..<Self.branches {
                    let both = attempts.filter { $0.branch == "refs/heads/b\(branch)" }
                    // Whoever comes second is told so, by the words git explains.
                    #expect(both.filter { $0.status == .done }.count == 1)
                    #expect(both.contains { $0.status == .refused("fetch first") })
                }
                acknowledged += attempts.filter { $0.status == .done }
                for pusher in 0..<(2 * Self.branches) {
                    try await world.fetch("p\(pusher)")
                    try await git.run(
                        "reset", "--quiet", "--hard", "refs/fetched/heads/b\(pusher / 2)", in: "p\(pusher)")
                }
            }
            #expect(acknowledged.count == Self.branches * Self.rounds)
            try await git.run("init", "--quiet", git.path("reader"))
            try await world.fetch("reader")
            for attempt in acknowledged {
                let branch = "refs/fetched/\(attempt.branch.dropFirst("refs/".count))"
                try await git.run("merge-base", "--is-ancestor", attempt.tip.hex, branch, in: "reader")
            }
            try await git.run("fsck", "--strict", in: "reader")
            // The files for plain HTTP are those of the newest generation, whoever wrote last.
            let newest = try #require(try await world.history("reader").refresh())
            #expect(newest.number == UInt64(1 + acknowledged.count))
            let infoRefs = try await world.bucket.read("info/refs", limit: 1 << 20)
            #expect(String(decoding: infoRefs, as: UTF8.self) == DerivedFiles.infoRefs(newest))
            let packs = try await world.bucket.read("objects/info/packs", limit: 1 << 20)
            #expect(String(decoding: packs, as: UTF8.self) == DerivedFiles.packList(newest))
        }
    }

    private func race(_ world: BucketWorld) async throws -> [Attempt] {
        try await withThrowingTaskGroup(of: Attempt.self) { group in
            for pusher in 0..<(2 * Self.branches) {
                let branch = "refs/heads/b\(pusher / 2)"
                group.addTask {
                    let results = try await world.push("p\(pusher)", "HEAD:\(branch)")
                    return Attempt(
                        branch: branch, tip: try await world.tip("p\(pusher)"),
                        status: results.first?.status ?? .refused("nothing was said"))
                }
            }
            var attempts: [Attempt] = []
            for try await attempt in group { attempts.append(attempt) }
            return attempts
        }
    }
}

import ModmetaGit
import ModmetaSnapshots
import ModmetaStore
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct RetentionPlanTests {
    /// A store's Git side with the snapshots v1, v2 and v3 on `main`, with losses of 0.1, 0.3 and 0.2.
    private func withHistory(
        _ body: (TestRepository, MaintainedHistory) async throws -> Void
    ) async throws {
        try await TestRepository.withTemporary { repository in
            for (number, loss) in [(1, 0.1), (2, 0.3), (3, 0.2)] {
                try repository.write("\(number)\n", to: "run/a")
                try await repository.snapshot("v\(number)", "run") { $0.metrics = [("loss", loss)] }
            }
            try await repository.git.run("clone", "--quiet", "--mirror", repository.path, repository.storePath)
            let history = try await MaintainedHistory(of: StoreURL(.directory(path: repository.storePath)))
            try await body(repository, history)
        }
    }

    private func tags(_ repository: TestRepository) async throws -> String {
        try await repository.git.run("tag", in: repository.storePath)
    }

    @Test func `what no rule keeps is deleted, and nothing before that`() async throws {
        try await withHistory { repository, history in
            let plan = try await RetentionPlan(
                RetentionRules(last: 1, best: [try .init(parsing: "loss")], keepsTagged: false), in: history)
            #expect(plan.members.filter(\.isKept).map(\.document.name).sorted() == ["v1", "v3"])
            // The branch leads to all of them.
            #expect(plan.members.allSatisfy { $0.isKept || $0.isReachable })
            #expect(try await tags(repository) == "snapshot/v1\nsnapshot/v2\nsnapshot/v3")
            try await plan.apply()
            #expect(try await tags(repository) == "snapshot/v1\nsnapshot/v3")
        }
    }

    @Test func `without a branch or another tag nothing leads to what goes`() async throws {
        try await withHistory { repository, history in
            try await repository.git.run("update-ref", "-d", "refs/heads/main", in: repository.storePath)
            try await repository.git.run("tag", "release", "snapshot/v2^{commit}", in: repository.storePath)
            let rules = RetentionRules(last: 0, best: [], keepsTagged: false)
            let plan = try await RetentionPlan(rules, in: history)
            let reachable = Dictionary(uniqueKeysWithValues: plan.members.map { ($0.document.name, $0.isReachable) })
            #expect(reachable == ["v1": true, "v2": true, "v3": false])
            let tagged = try await RetentionPlan(RetentionRules(last: 0, best: [], keepsTagged: true), in: history)
            #expect(tagged.members.filter(\.isKept).map(\.document.name) == ["v2"])
        }
    }

    @Test func `only one project is looked at if one is named`() async throws {
        try await withHistory { _, history in
            let rules = RetentionRules(last: 0, best: [], keepsTagged: false)
            let other = try await RetentionPlan(rules, project: "other", in: history)
            #expect(other.members.isEmpty)
            let all = try await RetentionPlan(rules, in: history)
            #expect(all.members.count == 3)
        }
    }

    @Test func `a tag without a readable document stays, and is named`() async throws {
        try await withHistory { repository, history in
            try await repository.git.run("tag", "snapshot/odd", "snapshot/v1^{commit}", in: repository.storePath)
            let plan = try await RetentionPlan(RetentionRules(last: 0, best: [], keepsTagged: false), in: history)
            #expect(plan.unreadable.map(\.name) == ["odd"])
            try await plan.apply()
            #expect(try await tags(repository) == "snapshot/odd")
        }
    }

    @Test func `a tag that was moved meanwhile keeps all of them`() async throws {
        try await withHistory { repository, history in
            let plan = try await RetentionPlan(RetentionRules(last: 0, best: [], keepsTagged: false), in: history)
            try await repository.git.run("tag", "-f", "snapshot/v2", "snapshot/v3^{commit}", in: repository.storePath)
            await #expect(throws: (any Error).self) { try await plan.apply() }
            #expect(try await tags(repository) == "snapshot/v1\nsnapshot/v2\nsnapshot/v3")
        }
    }
}

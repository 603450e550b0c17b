import ModmetaFormats
import Testing

@testable import ModmetaSnapshots

@Suite struct RetentionRulesTests {
    private let content: ContentDigest

    init() async throws {
        let files = try CheckpointFiles()
        try files.write("x", to: "a")
        content = try await ContentDigest(of: Checkpoint(paths: [files.path]).files)
    }

    private func snapshot(_ name: String, day: Int, project: String = "qa", loss: Double? = nil) -> SnapshotDocument {
        SnapshotDocument(
            name: name, created: "2026-01-0\(day)T00:00:00Z", paths: ["."], content: content,
            context: ["project": .string(project)],
            details: [.init("metrics", loss.map { DocumentValue.object([.init("loss", .real($0))]) } ?? .null)])
    }

    @Test func `the latest and the best stay, in each project`() throws {
        let all = [
            snapshot("a", day: 1, loss: 0.1), snapshot("b", day: 2, loss: 0.5), snapshot("c", day: 3),
            snapshot("d", day: 4, loss: 0.1), snapshot("x", day: 1, project: "other"),
        ]
        let rules = RetentionRules(last: 1, best: [try .init(parsing: "loss")], keepsTagged: true)
        let reasons = rules.reasons(for: all, tagged: ["b"])
        #expect(reasons["a"] == nil)
        #expect(reasons["b"] == ["tagged"])
        #expect(reasons["c"] == nil)
        // Of equals the later one.
        #expect(reasons["d"] == ["recent", "lowest loss 0.1"])
        #expect(reasons["x"] == ["recent"])
        #expect(
            RetentionRules(last: nil, best: [try .init(parsing: "max:loss=2")], keepsTagged: false)
                .reasons(for: all, tagged: ["a"]).keys.sorted() == ["b", "d"])
    }

    @Test func `a rule that keeps nothing of a project is an error, which names the metrics there are`() throws {
        let all = [
            snapshot("a", day: 1, loss: 0.1), snapshot("b", day: 2, loss: 0.2),
            snapshot("x", day: 3, project: "other", loss: .nan), snapshot("y", day: 4, project: "bare"),
        ]
        func check(_ rule: String, _ snapshots: [SnapshotDocument]) throws {
            try RetentionRules(last: 1, best: [try .init(parsing: rule)], keepsTagged: true).check(against: snapshots)
        }
        try check("loss=5", Array(all[..<2]))
        try check("loss", [])
        for (rule, snapshots, words) in [
            ("los", Array(all[..<2]), ["'los'", "'qa'", "'loss'"]),
            ("loss", all, ["'bare'", "they have none"]),
            ("loss", Array(all[..<3]), ["'other'", "none of its values is a finite number"]),
        ] {
            let error = #expect(throws: SnapshotError.self) { try check(rule, snapshots) }
            for word in words {
                #expect(error.map { "\($0)".contains(word) } == true, "\(rule): \(String(describing: error))")
            }
        }
    }

    @Test func `projects are told apart by their bytes`() throws {
        let all = [
            snapshot("a", day: 1, project: "caf\u{e9}"), snapshot("b", day: 2, project: "cafe\u{301}"),
        ]
        let rules = RetentionRules(last: 1, best: [], keepsTagged: false)
        #expect(rules.reasons(for: all, tagged: []).keys.sorted() == ["a", "b"])
    }

    @Test func `what is not finite is best of nothing`() throws {
        let all = [
            snapshot("good", day: 1, loss: 0.4), snapshot("nan", day: 2, loss: .nan),
            snapshot("low", day: 3, loss: -.infinity), snapshot("high", day: 4, loss: .infinity),
        ]
        for rule in ["min:loss=4", "max:loss=4"] {
            let rules = RetentionRules(last: nil, best: [try .init(parsing: rule)], keepsTagged: false)
            #expect(rules.reasons(for: all, tagged: []).keys.sorted() == ["good"])
        }
    }

    @Test(arguments: [
        ("loss<0.4", false), ("loss>0.4", false), ("loss=0.4", false), ("loss!=0.4", true), ("loss=nan", true),
        ("loss!=nan", false), ("loss<inf", false),
    ])
    func `NaN meets no condition but that on itself`(_ text: String, _ isMet: Bool) throws {
        let filter = try MetricFilter(parsing: text)
        #expect(filter.matches(snapshot("x", day: 1, loss: .nan)) == isMet)
        // As the index of snapshots keeps it.
        let indexed = try #require(SnapshotDocument(trusting: snapshot("x", day: 1, loss: .nan).value.canonicalJSON))
        #expect(filter.matches(indexed) == isMet)
    }

    @Test(arguments: [
        ("loss", "loss", true, 1), ("eval_loss=3", "eval_loss", true, 3), ("accuracy", "accuracy", false, 1),
        ("min:accuracy", "accuracy", true, 1), ("max:loss=2", "loss", false, 2), ("f1", "f1", false, 1),
        ("glossary", "glossary", false, 1),
    ])
    func `a metric's name says which end is good`(_ text: String, _ metric: String, _ isSmallest: Bool, _ count: Int)
        throws
    {
        let best = try RetentionRules.Best(parsing: text)
        #expect(best.metric == metric)
        #expect(best.isSmallest == isSmallest)
        #expect(best.count == count)
    }

    @Test(arguments: ["", "min:", "loss=", "loss=0", "loss=-1", "=3"])
    func `what is no rule is refused`(_ text: String) {
        #expect(throws: SnapshotError.self) { try RetentionRules.Best(parsing: text) }
    }
}

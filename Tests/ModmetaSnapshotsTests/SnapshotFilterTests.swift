import Testing

@testable import ModmetaSnapshots

@Suite struct SnapshotFilterTests {
    private let snapshot: SnapshotDocument

    init() async throws {
        let files = try CheckpointFiles()
        try files.write("x", to: "a")
        snapshot = SnapshotDocument(
            name: "v1", created: "2026-01-02T10:30:00Z", paths: ["."],
            content: try await ContentDigest(of: Checkpoint(paths: [files.path]).files),
            context: ["project": .string("qa"), "base_model": ["id": .string("meta/llama")]],
            details: [.init("metrics", ["loss": .real(0.4)])])
    }

    private func isListed(_ change: (inout SnapshotFilter) throws -> Void) rethrows -> Bool {
        var filter = SnapshotFilter()
        try change(&filter)
        return filter.matches(snapshot)
    }

    @Test func `all that is said must hold`() throws {
        #expect(isListed { _ in })
        #expect(isListed { $0.project = "qa" })
        #expect(!isListed { $0.project = "other" })
        #expect(isListed { $0.baseModel = "meta/llama" })
        #expect(!isListed { $0.baseModel = "meta" })
        #expect(try isListed { $0.metrics = [try MetricFilter(parsing: "loss<0.5")] })
        #expect(
            try !isListed {
                ($0.metrics, $0.project) = ([try MetricFilter(parsing: "loss<0.3")], "qa")
            })
    }

    @Test(arguments: [
        ("2026", true), ("2026-01-02", true), ("2026-01-02T10:30", true), ("2026-01-02T10:31", false),
        ("2026-01-03", false), ("2027", false),
    ])
    func `a beginning of a time counts from its first moment on`(_ text: String, _ isListed: Bool) throws {
        let since = try #require(SnapshotFilter.beginning(of: text))
        #expect(self.isListed { $0.since = since } == isListed)
    }

    @Test(arguments: [
        ("2024-05-22 14:30", "2024-05-22T14:30"), ("2024-05-22T14:30:00Z", "2024-05-22T14:30:00Z"), ("2024-5-22", nil),
        ("202", nil), ("2024-05-22T", nil), ("loss<0.4", nil), ("", nil), ("٢٠٢٤", nil),
    ])
    func `as much as one likes of a time is one`(_ text: String, _ time: String?) {
        #expect(SnapshotFilter.beginning(of: text) == time)
    }
}

import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaSnapshots

@Suite struct SnapshotSelectorTests {
    private func documents() async throws -> [SnapshotDocument] {
        let files = try CheckpointFiles()
        try files.write("x", to: "a")
        let content = try await ContentDigest(of: Checkpoint(paths: [files.path]).files)
        return [("v1", 0.5), ("v2", 0.3), ("abcd", 0.4)].map { name, loss in
            SnapshotDocument(
                name: name, created: "2024-05-22T14:30:00Z", paths: ["."], content: content,
                context: ["version": .string(name)],
                details: [.init("metrics", ["loss": .number(loss)])])
        }
    }

    @Test func findsByNameTagAndHash() async throws {
        let all = try await documents()
        for document in all {
            for text in [
                document.name, "snapshot/\(document.name)", "refs/tags/snapshot/\(document.name)",
                document.id.description, document.id.context.hex,
                String(document.id.context.hex.prefix(6)).uppercased(),
            ] {
                #expect(try SnapshotSelector.find(text, in: all).name == document.name)
            }
        }
    }

    @Test func anAmbiguousPrefixNamesTheCandidates() async throws {
        let all = try await documents()
        let prefix = String(all[0].id.content.hex.prefix(8))
        let error = #expect(throws: SnapshotError.self) { try SnapshotSelector.find(prefix, in: all) }
        #expect(error?.code == .ambiguous)
        for document in all { #expect(error?.message.contains(document.id.description) == true) }
        for text in ["0", "", "v3", "zzzz"] {
            #expect(throws: SnapshotError.self) { try SnapshotSelector.find(text, in: all) }
        }
    }

    struct Condition: Sendable {
        var text: String
        var names: [String]
    }

    @Test(arguments: [
        Condition(text: "loss<0.4", names: ["v2"]), Condition(text: "loss <= 4e-1", names: ["v2", "abcd"]),
        Condition(text: "loss>0.4", names: ["v1"]), Condition(text: "loss=0.5", names: ["v1"]),
        Condition(text: "loss!=0.5", names: ["v2", "abcd"]), Condition(text: "other>0", names: []),
    ])
    func conditions(_ condition: Condition) async throws {
        let filter = try MetricFilter(parsing: condition.text)
        #expect(try await documents().filter(filter.matches).map(\.name) == condition.names)
    }

    @Test(arguments: ["", "loss", "<1", "loss<", "loss<x", "loss=>1", "loss<1<2"])
    func brokenConditions(_ text: String) {
        #expect(throws: SnapshotError.self) { try MetricFilter(parsing: text) }
    }

    @Test(arguments: ["", "-a", ".a", "a..b", "a/b", "a.lock", "a.", "a b", "é", String(repeating: "a", count: 101)])
    func namesThatCannotBe(_ name: String) {
        #expect(throws: SnapshotError.self) { try SnapshotName.check(name) }
    }

    @Test func gpusAreCounted() {
        #expect(
            HostCapture.gpus(listing: "NVIDIA A100-SXM4-80GB, 81920\nNVIDIA A100-SXM4-80GB, 81920\n")
                == ["NVIDIA A100-SXM4-80GB×2"])
        #expect(HostCapture.gpus(listing: "Tesla T4, 15360\n") == ["Tesla T4-15GB"])
        #expect(HostCapture.gpus(listing: "") == [])
    }
}

import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaGit

/// Attacks the parsers of what repositories, git and git-lfs say; `integration/fuzz.sh` runs each for longer.
@Suite struct GitFuzzTests {
    private static let zeros = String(repeating: "a", count: 40)
    private static let oid = String(repeating: "0", count: 64)

    private static let families = [
        FuzzFamily(
            "pointer",
            seeds: [Array("version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12\n".utf8)],
            tokens: ["oid sha256:", "size ", "\n", "ext-0-a sha256:", "version "]
        ) { _ = LFSBlob($0) },
        FuzzFamily(
            "generation",
            seeds: [
                Array(
                    "version 1\nnumber 12\nnonce 00112233445566778899aabbccddeeff\nobject-format sha1\n".utf8)
                    + Array("head ref: refs/heads/main\nref \(zeros) - refs/heads/main\n".utf8)
            ], tokens: ["ref \(zeros) - refs/heads/a\n", "pack ", "/", "-", "ref: refs/heads/\n", "\n"],
            seal: { $0 + Array("end \(SHA256.hash($0))\n".utf8) }
        ) { bytes in
            guard let generation = try? RefGeneration(parsing: bytes) else { return }
            let again = try RefGeneration(parsing: generation.serialized())
            #expect(again == generation)
        },
        FuzzFamily(
            "agent-line",
            seeds: [
                #"{"event":"init","operation":"upload","remote":"origin","concurrent":true,"concurrenttransfers":3}"#,
                #"{"event":"upload","oid":"\#(oid)","size":3,"path":"/a/b","action":{"href":"x"}}"#,
            ].map { Array($0.utf8) }, tokens: FuzzFamily.json
        ) { _ = try? LFSAgentMessage(parsing: String(decoding: $0, as: UTF8.self)) },
        FuzzFamily(
            "configuration", seeds: [Array("lfs.url\nhttps://a/b\0remote.origin.url\nx\0http.https://a.b.c\n1\0".utf8)],
            tokens: ["http.", "\n", "\0", "url.", ".insteadof\n", "lfs.url\n"]
        ) { bytes in
            let configuration = GitConfiguration(parsing: bytes)
            _ = configuration.rewritesURLs
            _ = configuration["lfs.url"]
        },
        FuzzFamily("log", seeds: [Array("\(zeros)\0\n:100644 100644 \(zeros) \(zeros) M\0a/b\0".utf8)]) { bytes in
            _ = RawLog(parsing: bytes)
            _ = PointerBlobs.parse(bytes)
        },
    ]

    @Test(arguments: families.indices)
    func holdsTheBudget(_ index: Int) async throws { try await FuzzCampaign.run(Self.families[index]) }
}

import ModmetaFormats
import ModmetaGit
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct KeptObjectsTests {
    private let url = try? StoreURL("modmeta::file:///mnt/store")

    private func live(
        repositories: [String] = [], lists: [String] = [], allowsEmpty: Bool = false, hasHistoryElsewhere: Bool = false,
        history: MaintainedHistory? = nil
    ) async throws -> Set<ObjectID> {
        let kept = KeptObjects(repositories: repositories, lists: lists, allowsEmpty: allowsEmpty)
        let format = StoreFormat(extras: hasHistoryElsewhere ? [.init(key: "history", value: "elsewhere")] : [])
        var found: Set<ObjectID> = []
        try await kept.live(in: format, history: history, of: #require(url)).forEach { found.insert($0) }
        return found
    }

    @Test func `an answer that says nothing is no answer`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.git.write("", to: "empty")
            for (repositories, lists) in [([], []), ([repository.path], []), ([], [repository.git.path("empty")])] {
                let error = await #expect(throws: RepositoryError.self) {
                    _ = try await live(repositories: repositories, lists: lists)
                }
                #expect(error?.kind == .input)
            }
            #expect(try await live(repositories: [repository.path], allowsEmpty: true).isEmpty)
        }
    }

    @Test func `repositories and lists count together`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/model.safetensors")
            try await repository.snapshot("v1", "run")
            let own = ObjectID(SHA256.hash(try repository.bytes(of: "run/model.safetensors")))
            let listed = ObjectID(SHA256.hash([1]))
            try repository.git.write("\(listed)\n", to: "list")
            #expect(
                try await live(repositories: [repository.path], lists: [repository.git.path("list")]) == [own, listed])
        }
    }

    @Test func `history elsewhere must be named`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("x\n", to: "run/a")
            try await repository.snapshot("v1", "run")
            try await repository.git.run("clone", "--quiet", "--mirror", repository.path, repository.storePath)
            let history = try await MaintainedHistory(of: StoreURL(.directory(path: repository.storePath)))
            #expect(try await live(history: history).isEmpty)
            await #expect(throws: RepositoryError.self) {
                _ = try await live(hasHistoryElsewhere: true, history: history)
            }
        }
    }
}

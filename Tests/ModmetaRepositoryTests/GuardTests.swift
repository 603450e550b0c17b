import Glibc
import ModmetaFormats
import ModmetaGit
import ModmetaSnapshots
import ModmetaStore
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

@Suite struct CommitGuardTests {
    /// What the guard says of what is staged; nil if it lets it pass.
    private func refusal(_ repository: TestRepository) async throws -> RepositoryError? {
        do {
            try await CommitGuard(repository: repository.snapshots()).check()
            return nil
        } catch let error as RepositoryError {
            return error
        }
    }

    @Test func `weights need a snapshot, also before the first commit`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("*.bin filter=lfs -text\n", to: ".gitattributes")
            try repository.write("weights", to: "run/a.bin")
            try await repository.run("add", "-A")
            let refused = try await refusal(repository)
            #expect(refused?.kind == .finding)
            #expect(refused?.hints.first == "Run: modmeta snapshot NAME run")
            // A snapshot of something else is none of it.
            try repository.write("x\n", to: "other/b")
            try await repository.snapshot("v0", "other") { $0.isCommitted = false }
            try await repository.run("add", "-f", ".modmeta")
            #expect(try await refusal(repository)?.kind == .finding)
            try await repository.snapshot("v1", "run") { $0.isCommitted = false }
            try await repository.run("add", "-f", ".modmeta")
            #expect(try await refusal(repository) == nil)
        }
    }

    @Test func `nothing staged, and what has no weights, passes`() async throws {
        try await TestRepository.withTemporary { repository in
            #expect(try await refusal(repository) == nil)
            try repository.write("print()\n", to: "train.py")
            try await repository.run("add", "-A")
            #expect(try await refusal(repository) == nil)
        }
    }

    @Test func `what would stay in Git for ever is refused by its size`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write(String(repeating: "\u{0}", count: 70_000), to: "a.dat")
            try await repository.run("add", "-A")
            #expect(try await refusal(repository)?.message.hasPrefix("a.dat (70.0 kB)") == true)
            // Text of that size is no burden, and what was excluded by hand was meant so.
            try repository.write(String(repeating: "text ", count: 14_000), to: "a.dat")
            try await repository.run("add", "-A")
            #expect(try await refusal(repository) == nil)
            try repository.write(String(repeating: "\u{0}", count: 70_000), to: "a.dat")
            try repository.write("a.dat -filter\n", to: ".gitattributes")
            try await repository.run("add", "-A")
            #expect(try await refusal(repository) == nil)
        }
    }

    @Test func `a staged snapshot must be readable`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.write("snapshot: [", to: ".modmeta/snapshots/v1.yaml")
            try await repository.run("add", "-f", ".modmeta")
            await #expect(throws: SnapshotError.self) {
                try await CommitGuard(repository: repository.snapshots()).check()
            }
        }
    }
}

@Suite struct PushGuardTests {
    private static let zeros = String(repeating: "0", count: 40)

    /// Checks a push of a tag, as git writes it to the hook.
    private func check(_ repository: TestRepository, tag: String = "v1", object: String? = nil) async throws {
        let object = if let object { object } else { try await repository.run("rev-parse", "snapshot/\(tag)") }
        let name = "refs/tags/snapshot/\(tag)"
        try await PushGuard(repository: repository.snapshots(), remote: "origin", url: repository.storeURL)
            .check(["\(name) \(object) \(name) \(Self.zeros)"])
    }

    @Test func `a snapshot goes once the store has its objects`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/model.safetensors")
            try await repository.snapshot("v1", "run")
            let store = try await repository.makeStore()
            let error = await #expect(throws: RepositoryError.self) { try await check(repository) }
            #expect(error?.kind == .finding)
            #expect(error?.message.contains("model.safetensors") == true)
            let bytes = try repository.bytes(of: "run/model.safetensors")
            _ = try await store.put(.object(ObjectID(SHA256.hash(bytes))), .bytes(bytes))
            try await check(repository)
        }
    }

    @Test func `a push that makes the store, deletes a tag or moves other refs passes`() async throws {
        try await TestRepository.withTemporary { repository in
            try repository.writeWeights("run/model.safetensors")
            try await repository.snapshot("v1", "run")
            try await check(repository)
            _ = try await repository.makeStore()
            try await check(repository, object: Self.zeros)
            let head = try await repository.run("rev-parse", "HEAD")
            try await PushGuard(repository: repository.snapshots(), remote: "origin", url: repository.storeURL)
                .check(["refs/heads/main \(head) refs/heads/main \(Self.zeros)", "", "garbage"])
        }
    }
}

@Suite struct HookFilesTests {
    private func write(_ repository: TestRepository) async throws {
        try await HookFiles(repository: repository.snapshots()).write()
    }

    @Test func `git-lfs's own hook is joined, and writing again changes nothing`() async throws {
        try await TestRepository.withTemporary { repository in
            try await write(repository)
            let names = [".git/hooks/pre-commit", ".git/hooks/pre-push"]
            let written = try names.map { try repository.bytes(of: $0) }
            #expect(String(decoding: written[0], as: UTF8.self).contains("modmeta hook pre-commit"))
            let push = String(decoding: written[1], as: UTF8.self)
            #expect(push.contains("git lfs pre-push") && push.contains("modmeta hook pre-push"))
            #expect(names.allSatisfy { access("\(repository.path)/\($0)", X_OK) == 0 })
            try await write(repository)
            let rewritten = try names.map { try repository.bytes(of: $0) }
            #expect(rewritten == written)
        }
    }

    @Test func `a hook of somebody else stays, and no other is written`() async throws {
        try await TestRepository.withTemporary { repository in
            let own = "#!/bin/sh\ngit lfs pre-push \"$@\"\nmake check\n"
            try repository.write(own, to: ".git/hooks/pre-push")
            let error = await #expect(throws: RepositoryError.self) { try await write(repository) }
            #expect(error?.kind == .input)
            #expect(try repository.bytes(of: ".git/hooks/pre-push") == Array(own.utf8))
            #expect(!repository.exists(".git/hooks/pre-commit"))
            // With the line in it, it is left alone and the other is written.
            try repository.write(own + "modmeta hook pre-push\n", to: ".git/hooks/pre-push")
            try await write(repository)
            #expect(repository.exists(".git/hooks/pre-commit"))
        }
    }
}

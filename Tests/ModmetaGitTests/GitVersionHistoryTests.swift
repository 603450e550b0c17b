import ModmetaGit
import ModmetaTesting
import Testing

@Suite struct GitVersionHistoryTests {
    @Test(arguments: ["sha1", "sha256"])
    func goesBackAlongAPath(_ format: String) async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git, "--object-format=\(format)")
            try git.write("code", to: "repo/train.py")
            try await git.run("add", ".", in: repository.path)
            for number in 1...10 { try await repository.commit(["model.bin": number]) }
            #expect(try await repository.previous(10) == [9, 8, 7, 6, 5, 4, 3, 2])
            // Nothing earlier than the first, so what came after it.
            #expect(try await repository.previous(1) == [2, 3, 4, 5, 6, 7, 8, 9])
            #expect(try await repository.previous(42) == [])
        }
    }

    @Test func namesWhatComesInTheSameCommit() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            try await repository.commit(["a.bin": 1, "b.bin": 2, "c.bin": 3, "copy.bin": 1])
            let history = GitVersionHistory(
                repository: try await Repository.discover(with: git.runner(in: "repo")))
            let companions = await history.companions(of: PointerRepository.object(2))
            #expect(Set(companions.map(\.id)) == Set([1, 2, 3].map(PointerRepository.object)) && companions.count == 3)
            #expect(companions.allSatisfy { $0.size == 1000 })
            #expect(await history.companions(of: PointerRepository.object(9)).isEmpty)
        }
    }

    @Test func prefersTheSameFileNameNearby() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            try await repository.commit(["other.bin": 1])
            try await repository.commit(["checkpoint-50/model.bin": 2, "checkpoint-100/model.bin": 3])
            try await repository.commit(["checkpoint-150/model.bin": 4])
            #expect(try await repository.previous(4) == [3, 2, 1])
        }
    }

    @Test func followsARename() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            try await repository.commit(["old.bin": 1, "unrelated.gguf": 7])
            try await repository.commit(["old.bin": 2])
            try await repository.commit(["later.bin": 3])
            try await repository.commit(["old.bin": nil, "new.bin": 4])
            #expect(try await repository.previous(4) == [2, 1, 3])
        }
    }

    @Test func guessesNothingFromAnAmbiguousRename() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            try await repository.commit(["a/x.safetensors": 1, "a/y.safetensors": 2])
            try await repository.commit(["a/x.safetensors": nil, "a/y.safetensors": nil, "b/x.safetensors": 3])
            #expect(try await repository.previous(3).first == 1)
            try await repository.commit(["c/p.gguf": 4, "c/q.gguf": 5])
            try await repository.commit(["c/p.gguf": nil, "c/q.gguf": nil, "c/r.bin": 6])
            #expect(try await repository.previous(6) == [])
        }
    }

    @Test func readsBranchesMergesAndDetachedHeads() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            try await repository.commit(["model.bin": 1])
            try await git.run("checkout", "--quiet", "-b", "side", in: repository.path)
            try await repository.commit(["model.bin": 2])
            try await git.run("checkout", "--quiet", "--detach", "main", in: repository.path)
            try await repository.commit(["model.bin": 3])
            #expect(try await repository.previous(2).first == 1)
            #expect(try await repository.previous(3).first == 1)
            // The conflict is settled by a third version, which only the merge itself brings in.
            _ = try? await git.run("merge", "--quiet", "side", in: repository.path)
            try await repository.commit(["model.bin": 4])
            #expect(try await Set(repository.previous(4).prefix(2)) == [2, 3])
        }
    }

    @Test func findsNothingInAnEmptyRepository() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            #expect(try await repository.previous(1) == [])
        }
    }

    @Test func takesHistoryThatCannotBeReadForAbsent() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            try await repository.commit(["model.bin": 1])
            let found = try await Repository.discover(with: git.runner(in: "repo"))
            try git.remove("repo")
            let history = GitVersionHistory(repository: found)
            #expect(try await history.previousVersions(of: PointerRepository.object(1), size: 1) == [])
        }
    }

    @Test func worksInAShallowClone() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            for number in 1...5 { try await repository.commit(["model.bin": number]) }
            try await git.run("clone", "--quiet", "--depth=2", "file://\(repository.path)", git.path("shallow"))
            #expect(try await repository.previous(5, in: "shallow") == [4])
        }
    }

    @Test(arguments: ["blob:none", "tree:0"])
    func fetchesNothingInAPartialClone(_ filter: String) async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            for number in 1...5 {
                try await repository.commit(["model.bin": number, "sub/\(number).bin": number + 50])
            }
            try await git.run("config", "uploadpack.allowFilter", "true", in: repository.path)
            try await git.run(
                "clone", "--quiet", "--filter=\(filter)", "file://\(repository.path)", git.path("partial"))
            let list = ["cat-file", "--batch-all-objects", "--batch-check"]
            let before = try await git.run(list, in: "partial")
            let found = try await repository.previous(5, in: "partial")
            // The files of the last commit are here, the model's earlier versions are not.
            #expect(!found.contains { (1...4).contains($0) })
            #expect(filter == "tree:0" || !found.isEmpty)
            #expect(try await git.run(list, in: "partial") == before)
        }
    }

    /// An old branch pushed late lies behind the commits that are looked at.
    @Test func findsAnUnpushedCommitBehindTheLimit() async throws {
        try await HermeticGit.withTemporary { git in
            let repository = try await PointerRepository(git)
            for number in 1...4 { try await repository.commit(["model.bin": number]) }
            try await git.run("checkout", "--quiet", "-b", "late", "main~2", in: repository.path)
            var old = git
            old.environment["GIT_COMMITTER_DATE"] = "1600000000 +0000"
            try git.write(String(decoding: pointer(9), as: UTF8.self), to: "repo/model.bin")
            try await old.run("commit", "--quiet", "-am", "late", in: repository.path)
            try await git.run("update-ref", "refs/remotes/origin/main", "main", in: repository.path)
            #expect(try await repository.previous(9, limit: 2) == [2])
        }
    }

    private func pointer(_ number: Int) -> [UInt8] {
        LFSPointer(object: PointerRepository.object(number), size: 1000).serialized()
    }
}

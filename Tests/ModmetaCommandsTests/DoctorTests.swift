import Glibc
import ModmetaGit
import ModmetaTesting
import Testing

@testable import ModmetaCommands

@Suite struct DoctorTests {
    /// What a check says of a repository that `prepare` has made, without what is healthy.
    private func findings(
        of check: any HealthCheck, _ prepare: (HermeticGit, String) async throws -> Void
    ) async throws -> [Diagnosis] {
        try await HermeticGit.withTemporary { git in
            let path = try await git.makeRepository()
            try await git.run("remote", "add", "origin", "modmeta::file://\(git.path("store"))", in: path)
            try await prepare(git, path)
            let patient = try await Patient(git: Git(directory: path, environment: git.environment))
            return try await check.examine(patient).filter { $0.level != .healthy }
                .map { diagnosis in
                    var copy = diagnosis
                    copy.remedy = diagnosis.remedy?.replacing(git.root, with: "ROOT")
                    return copy
                }
        }
    }

    /// A bare repository that is a store, which everybody in its group may write to.
    private func makeSharedStore(_ git: HermeticGit) async throws -> String {
        try await git.run("init", "--quiet", "--bare", "--shared=group", git.path("store"))
        try git.write("", to: "store/modmeta/format")
        for name in ["modmeta/tmp", "modmeta/manifests", "lfs/objects"] { try git.write("", to: "store/\(name)/x") }
        for name in ["", "modmeta", "modmeta/tmp", "modmeta/manifests", "lfs", "lfs/objects"] {
            chmod("\(git.path("store"))/\(name)", 0o2775)
        }
        return git.path("store")
    }

    @Test func `the agent's lines are missed, and other values noticed`() async throws {
        let missing = try await findings(of: AgentLinesCheck()) { _, _ in }
        #expect(missing.map(\.remedy) == Array(repeating: "modmeta install", count: 4))
        let wrong = try await findings(of: AgentLinesCheck()) { git, path in
            for (key, value) in Install.agentLines { try await git.run("config", key, value, in: path) }
            try await git.run("config", "lfs.customtransfer.modmeta.path", "/opt/bin/modmeta", in: path)
            try await git.run("config", "lfs.customtransfer.modmeta.args", "agent", in: path)
            try await git.run("config", "lfs.concurrenttransfers", "1", in: path)
        }
        #expect(wrong.map(\.level) == [.problem, .note])
        #expect(wrong.first?.finding.contains("lfs.customtransfer.modmeta.args") == true)
    }

    @Test func `filter lines are missed`() async throws {
        let missing = try await findings(of: FilterLinesCheck()) { _, _ in }
        #expect(missing.map(\.level) == [.problem])
        let skipping = try await findings(of: FilterLinesCheck()) { git, path in
            for (key, value) in Install.filterLines { try await git.run("config", key, value, in: path) }
            try await git.run("config", "filter.lfs.smudge", "git-lfs smudge --skip -- %f", in: path)
        }
        #expect(skipping.map(\.level) == [.note])
    }

    @Test func `the hook of git-lfs is missed, wherever hooks are`() async throws {
        let missing = try await findings(of: HookCheck()) { _, _ in }
        #expect(missing.map(\.remedy) == ["git lfs install --local"])
        let other = try await findings(of: HookCheck()) { git, path in
            try await git.run("config", "core.hooksPath", git.path("hooks"), in: path)
            try git.write("#!/bin/sh\nexit 0\n", to: "hooks/pre-push")
            chmod(git.path("hooks/pre-push"), 0o755)
        }
        #expect(other.map(\.remedy) == ["git lfs update --manual"])
        let there = try await findings(of: HookCheck()) { git, _ in
            try git.write("#!/bin/sh\ngit lfs pre-push \"$@\"\n", to: "repo/.git/hooks/pre-push")
            chmod(git.path("repo/.git/hooks/pre-push"), 0o755)
        }
        #expect(there.isEmpty)
        let plain = try await findings(of: HookCheck()) { git, path in
            try await git.run("remote", "set-url", "origin", "https://example.com/x.git", in: path)
        }
        #expect(plain.isEmpty)
    }

    @Test func `a committed URL that is refused is named`() async throws {
        let refused = try await findings(of: EndpointCheck()) { git, _ in
            try git.write("[lfs]\n\turl = modmeta::file:///etc\n", to: "repo/.lfsconfig")
        }
        #expect(refused.map(\.level) == [.problem])
        #expect(refused.first?.finding.contains("modmeta.allowCommitted") == true)
        #expect(try await findings(of: EndpointCheck()) { _, _ in }.isEmpty)
    }

    @Test func `a shared store is shared all through`() async throws {
        let check = StoreDirectoryCheck()
        let sound = try await findings(of: check) { git, _ in _ = try await makeSharedStore(git) }
        #expect(sound.isEmpty)
        let undeclared = try await findings(of: check) { git, path in
            let store = try await makeSharedStore(git)
            try await git.run("config", "--unset", "core.sharedRepository", in: store)
        }
        #expect(undeclared.map(\.remedy) == ["git -C ROOT/store config core.sharedRepository group"])
        let closed = try await findings(of: check) { git, _ in chmod(try await makeSharedStore(git), 0o755) }
        #expect(closed.map(\.remedy) == ["chmod g+ws ROOT/store"])
        let inside = try await findings(of: check) { git, _ in
            chmod("\(try await makeSharedStore(git))/lfs/objects", 0o755)
        }
        #expect(inside.map(\.remedy) == ["find ROOT/store -type d -exec chmod g+ws {} +"])
    }

    @Test func `what killed processes left is found`() async throws {
        let left = try await findings(of: LeftoverCheck()) { git, path in
            let store = try await makeSharedStore(git)
            try git.write("", to: "store/refs/heads/main.lock")
            try git.write("", to: "store/refs/heads/young.lock")
            var old = [timeval(tv_sec: time(nil) - 3600, tv_usec: 0), timeval(tv_sec: time(nil) - 3600, tv_usec: 0)]
            utimes("\(store)/refs/heads/main.lock", &old)
            try git.write("modmeta-push elsewhere:1 77 5", to: "store/objects/pack/pack-1.keep")
            var dead = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
            utimes("\(store)/objects/pack/pack-1.keep", &dead)
            try git.write("half", to: "repo/.git/lfs/modmeta/partial/object")
        }.filter { !$0.finding.contains("helper") }
        #expect(left.map(\.subject) == ["leftovers", "leftovers", "downloads"])
        #expect(left.first?.remedy?.hasPrefix("rm ROOT/store/refs/heads/main.lock") == true)
    }

    @Test func `an absent store is no problem, a damaged one is`() async throws {
        let absent = try await findings(of: StoreCheck()) { _, _ in }
        #expect(absent.map(\.level) == [.note])
        let damaged = try await findings(of: StoreCheck()) { git, _ in _ = try await makeSharedStore(git) }
        #expect(damaged.map(\.level) == [.problem])
    }

    @Test func `programs that are not on PATH are missed`() async throws {
        try await HermeticGit.withTemporary { git in
            var environment = git.environment
            environment["PATH"] = "/usr/bin:/bin"
            let found = try await ProgramCheck().examine(
                try await Patient(git: Git(directory: git.root, environment: environment)))
            #expect(found.last?.level == .problem)
            #expect(found.first?.level == .healthy)
        }
    }

    @Test(arguments: [
        ("git version 2.39.5", [2, 39, 5]), ("git version 2.39.5 (Apple Git-154)", [2, 39, 5]),
        ("git-lfs/3.3.0 (GitHub; linux amd64; go 1.19.8)", [3, 3, 0]), ("git version 2.51.0.rc1", [2, 51, 0]),
    ])
    func versions(_ line: String, _ version: [Int]) { #expect(ProgramCheck.numbers(in: line) == version) }

    @Test(
        arguments: [
            ("0", 0), ("now", 0), ("90s", 90), ("2h", 7200), ("3d", 259_200), ("2w", 1_209_600), ("", nil), ("2", nil),
            ("-1d", nil), ("+1d", nil), ("1y", nil), ("99999999w", nil),
        ] as [(String, Int64?)])
    func gracePeriods(_ text: String, _ seconds: Int64?) { #expect(GracePeriod(argument: text)?.seconds == seconds) }
}

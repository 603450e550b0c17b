import Glibc
import ModmetaFormats
import ModmetaStore
import ModmetaTesting
import Synchronization
import Testing

@testable import ModmetaGit

@Suite struct StoreHistoryAuditTests {
    private func id(_ number: Int) -> ObjectID { ObjectID(SHA256.hash(Array("\(number)".utf8))) }

    private func pointer(_ number: Int) -> String {
        String(decoding: LFSPointer(object: id(number), size: 7).serialized(), as: UTF8.self)
    }

    private func commit(_ git: HermeticGit, _ number: Int) async throws -> String {
        try git.write(pointer(number), to: "repo/\(number).bin")
        try await git.run("add", "--all", in: "repo")
        try await git.run("commit", "--quiet", "-m", "\(number)", in: "repo")
        return try await git.run("rev-parse", "HEAD", in: "repo")
    }

    private func report(_ git: HermeticGit, lacking: Set<Int>) async throws -> HistoryReport {
        let gone = Set(lacking.map(id))
        let audit = StoreHistoryAudit(isQuick: true) { object, _ in gone.contains(object) ? .missing : .given }
        return try await audit.run(on: StoreURL(.directory(path: git.path("repo/.git"))))
    }

    @Test func `refs whose names are equal but for their bytes, or no text, are all looked at`() async throws {
        try await HermeticGit.withTemporary { git in
            _ = try await git.makeRepository()
            _ = try await commit(git, 0)
            let names: [[UInt8]] = [Array("caf\u{e9}".utf8), Array("cafe\u{301}".utf8), [0x63, 0xff]]
            for (index, name) in names.enumerated() {
                try await git.run("checkout", "--quiet", "--detach", "main", in: "repo")
                let object = try await commit(git, index + 1)
                let path = Array("\(git.path("repo/.git/refs/heads"))/".utf8) + name + [0]
                let file = open(path.map { CChar(bitPattern: $0) }, O_WRONLY | O_CREAT, 0o644)
                #expect(write(file, "\(object)\n", object.utf8.count + 1) > 0)
                close(file)
            }
            try await git.run("checkout", "--quiet", "main", in: "repo")
            #expect(try await report(git, lacking: []).isClean)
            for number in 1...3 {
                #expect(try await report(git, lacking: [number]).lostPointers.map(\.object) == [id(number)])
            }
            try await git.run("pack-refs", "--all", in: "repo")
            for number in 1...3 {
                #expect(try await report(git, lacking: [number]).lostPointers.map(\.object) == [id(number)])
            }
        }
    }

    @Test func `an object that a crash left empty hides no other`() async throws {
        try await HermeticGit.withTemporary { git in
            _ = try await git.makeRepository()
            for number in 0..<4 { _ = try await commit(git, number) }
            let blob = try await git.run("rev-parse", "main:1.bin", in: "repo")
            let file = "repo/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
            try git.remove(file)
            try git.write("", to: file)
            let report = try await report(git, lacking: [0, 2, 3])
            #expect(!report.findings.isEmpty)
            #expect(Set(report.lostPointers.map(\.object)) == Set([0, 2, 3].map(id)))
        }
    }

    @Test func `a damaged pointer is found once, with its file`() async throws {
        try await HermeticGit.withTemporary { git in
            _ = try await git.makeRepository()
            try git.write(pointer(1) + "more\n", to: "repo/a file")
            _ = try await commit(git, 0)
            let findings = try await report(git, lacking: []).findings
            #expect(findings.count == 1)
            #expect(findings.first?.place.hasPrefix("a file (commit ") == true)
        }
    }
}

import ModmetaFormats
import ModmetaGit
import ModmetaTesting

/// A repository of LFS pointers for tests; objects are numbers, and so are their bytes.
struct PointerRepository {
    let git: HermeticGit
    let path: String

    init(_ git: HermeticGit, _ options: String...) async throws {
        self.git = git
        path = git.path("repo")
        try await git.run(["init", "--quiet"] + options + [path])
    }

    static func object(_ number: Int) -> ObjectID { ObjectID(SHA256.hash(Array("\(number)".utf8))) }

    /// Commits changes: a number puts that object's pointer at the path, nil removes the path.
    func commit(_ changes: KeyValuePairs<String, Int?>) async throws {
        for (file, number) in changes {
            if let number {
                let pointer = LFSPointer(object: Self.object(number), size: 1000)
                try git.write(String(decoding: pointer.serialized(), as: UTF8.self), to: "\(path)/\(file)")
                try await git.run("add", file, in: path)
            } else {
                try await git.run("rm", "--quiet", file, in: path)
            }
        }
        try await git.run("commit", "--quiet", "-m", "step", in: path)
    }

    /// The numbers of the objects that may be earlier versions of one.
    func previous(_ number: Int, in place: String = "repo", limit: Int = 2000) async throws -> [Int] {
        let repository = try await Repository.discover(with: git.runner(in: place))
        let history = GitVersionHistory(repository: repository, commitLimit: limit)
        let names = Dictionary(uniqueKeysWithValues: (0..<100).map { (Self.object($0), $0) })
        return try await history.previousVersions(of: Self.object(number), size: 1000).map { names[$0] ?? -1 }
    }
}

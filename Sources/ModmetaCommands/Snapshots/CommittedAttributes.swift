internal import Glibc
internal import ModmetaGit

/// The attributes that files have for everybody: by the `.gitattributes` files, without what one's own configuration and
/// `info/attributes` add, which no clone has.
struct CommittedAttributes {
    /// What git is told of one file.
    struct Values {
        var filter = "unspecified"
        var text = "unspecified"
        var ident = "unspecified"
        var encoding = "unspecified"

        /// Whether git-lfs keeps the file.
        var isLFS: Bool { filter == "lfs" }
        /// Whether a program changes the file that is not git-lfs.
        var hasOtherFilter: Bool { !["lfs", "unspecified", "unset", "set", ""].contains(filter) }
        /// Whether no configuration lets git change the file's bytes.
        var keepsBytes: Bool {
            text == "unset" && ident != "set" && ["unspecified", "unset", ""].contains(encoding)
        }
    }

    private static let names = ["filter", "text", "ident", "working-tree-encoding"]

    /// The attributes of paths below the top of a work tree, in their order.
    static func values(of paths: [String], in repository: SnapshotRepository) async throws -> [Values] {
        guard !paths.isEmpty else { return [] }
        // A Git directory with nothing in it; git reads the work tree's own files.
        let scratch = "\(try repository.repository.makeStateDirectory())/attributes.\(getpid())"
        for directory in ["", "/objects", "/refs"] { mkdir(scratch + directory, 0o700) }
        defer {
            unlink("\(scratch)/HEAD")
            for directory in ["/objects", "/refs", ""] { rmdir(scratch + directory) }
        }
        try WorkFile.write("ref: refs/heads/main\n", to: "\(scratch)/HEAD")
        let git = Git(directory: repository.top).with(Git.noRepository).with([
            "GIT_DIR": scratch, "GIT_WORK_TREE": repository.top, "GIT_ATTR_NOSYSTEM": "1", "GIT_OPTIONAL_LOCKS": "0",
        ])
        // Without a home there is no attributes file of the user either.
        return try await values(
            of: paths,
            git.with([
                "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": scratch,
                "XDG_CONFIG_HOME": scratch,
            ]))
    }

    /// The attributes of paths as they are here, with everything that is configured.
    static func valuesHere(of paths: [String], in repository: SnapshotRepository) async throws -> [Values] {
        try await values(of: paths, repository.git)
    }

    private static func values(of paths: [String], _ git: Git) async throws -> [Values] {
        let output = try await git.run(
            ["check-attr", "-z", "--stdin"] + names,
            input: Array(paths.map { "\($0)\0" }.joined().utf8))
        let fields = output.standardOutput.split(separator: 0, omittingEmptySubsequences: false)
        var found = [Values](repeating: Values(), count: paths.count)
        // Path, attribute and value, for each path all attributes in their order.
        for index in paths.indices {
            func value(_ attribute: Int) -> String {
                let place = 3 * (names.count * index + attribute) + 2
                return place < fields.count ? String(decoding: fields[place], as: UTF8.self) : "unspecified"
            }
            found[index] = Values(filter: value(0), text: value(1), ident: value(2), encoding: value(3))
        }
        return found
    }
}

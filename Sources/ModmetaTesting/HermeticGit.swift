internal import Glibc
internal import Subprocess
internal import SystemPackage

/// Real git in isolation: a private home, no system configuration, fixed identities and dates.
public struct HermeticGit: Sendable {
    /// A git command of a test failed.
    public struct Failure: Error, CustomStringConvertible {
        /// The command, its exit status and what it wrote to standard error.
        public var description: String
    }

    /// The private directory for everything; an absolute path without symbolic links.
    public let root: String
    /// Changes to the environment of git; nil removes a variable.
    public var environment: [String: String?]

    /// Creates a private directory, passes it to `body`, and always removes it.
    public static func withTemporary<Result>(_ body: (HermeticGit) async throws -> Result) async throws -> Result {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/modmeta-git-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, let path = realpath(&template, nil) else {
            throw Failure(description: "cannot make a temporary directory in \(base): errno \(errno)")
        }
        defer { free(path) }
        let git = try HermeticGit(root: String(cString: path))
        defer { removeTree(git.root) }
        return try await body(git)
    }

    private init(root: String) throws {
        self.root = root
        let home = "\(root)/home"
        environment = [
            "HOME": home, "XDG_CONFIG_HOME": "\(home)/.config", "GIT_CONFIG_GLOBAL": "\(home)/.gitconfig",
            "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_PARAMETERS": nil, "GIT_CONFIG_COUNT": nil, "GIT_TRACE": nil,
            "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com",
            "GIT_COMMITTER_NAME": "C O Mitter", "GIT_COMMITTER_EMAIL": "committer@example.com",
            "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000",
            "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil, "GIT_PREFIX": nil, "GIT_COMMON_DIR": nil,
            "GIT_OBJECT_DIRECTORY": nil, "GIT_ALTERNATE_OBJECT_DIRECTORIES": nil, "GIT_NAMESPACE": nil,
            "LC_ALL": "C", "TZ": "UTC",
        ]
        guard mkdir(home, 0o700) == 0 else {
            throw Failure(description: "cannot make \(home): errno \(errno)")
        }
        try write(
            """
            [init]
                defaultBranch = main
            [protocol]
                allow = always
            [gc]
                auto = 0
            [maintenance]
                auto = false

            """, to: "home/.gitconfig")
    }

    /// Runs git in a directory (relative to `root`, or absolute); returns its standard output without the last newline.
    ///
    /// - Throws: `Failure` if git does not exit with status 0.
    @discardableResult
    public func run(_ arguments: String..., in directory: String = "", input: String = "") async throws -> String {
        try await run(arguments, in: directory, input: input)
    }

    /// Runs git in a directory (relative to `root`, or absolute); returns its standard output without the last newline.
    ///
    /// - Throws: `Failure` if git does not exit with status 0.
    @discardableResult
    public func run(_ arguments: [String], in directory: String = "", input: String = "") async throws -> String {
        var updates: [Subprocess.Environment.Key: String?] = [:]
        for (name, value) in environment {
            if let key = Subprocess.Environment.Key(rawValue: name) { updates.updateValue(value, forKey: key) }
        }
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(arguments), environment: .inherit.updating(updates),
            workingDirectory: FilePath(path(directory)), input: .string(input), output: .string(limit: 64 << 20),
            error: .string(limit: 64 << 10))
        guard case .exited(0) = result.terminationStatus else {
            let command = (["git"] + arguments).joined(separator: " ")
            throw Failure(description: "`\(command)`: \(result.terminationStatus): \(result.standardError)")
        }
        let text = result.standardOutput
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Creates a repository and returns its absolute path.
    public func makeRepository(_ name: String = "repo", _ options: String...) async throws -> String {
        try await run(["init", "--quiet"] + options + [path(name)])
        return path(name)
    }

    /// Writes a file and creates its parent directories.
    ///
    /// - Parameter path: relative to `root`, or absolute.
    public func write(_ content: String, to path: String) throws {
        let full = self.path(path)
        for index in full.indices.dropFirst() where full[index] == "/" { mkdir(String(full[..<index]), 0o777) }
        guard let file = fopen(full, "w") else {
            throw Failure(description: "cannot write \(full): errno \(errno)")
        }
        defer { fclose(file) }
        let bytes = Array(content.utf8)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw Failure(description: "cannot write \(full): errno \(errno)")
        }
    }

    /// Removes a file or a directory with its contents.
    ///
    /// - Parameter path: relative to `root`, or absolute.
    public func remove(_ path: String) throws {
        HermeticGit.removeTree(self.path(path))
        guard access(self.path(path), F_OK) != 0 else {
            throw Failure(description: "cannot remove \(self.path(path)): errno \(errno)")
        }
    }

    /// The absolute path of a path relative to `root`; an absolute path is returned unchanged.
    public func path(_ relative: String) -> String {
        relative.isEmpty ? root : relative.hasPrefix("/") ? relative : "\(root)/\(relative)"
    }

    private static func removeTree(_ path: String) {
        // Do not follow a symbolic link: unlink removes the link itself.
        if unlink(path) == 0 || errno == ENOENT { return }
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { removeTree("\(path)/\(name)") }
        }
        closedir(directory)
        rmdir(path)
    }
}

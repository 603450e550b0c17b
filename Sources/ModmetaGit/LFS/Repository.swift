internal import Glibc
public import ModmetaFormats
public import ModmetaStore

/// The Git repository a process works for: where it is, and where its LFS objects and our state are kept.
public struct Repository: Sendable {
    /// Runs git in this repository.
    public let git: Git
    /// The directory of this work tree's own Git files, as an absolute path.
    public let gitDirectory: String
    /// The directory all work trees share, as an absolute path; the same as `gitDirectory` where there is only one.
    public let commonDirectory: String
    /// The top of the work tree, as an absolute path; nil in a bare repository.
    public let workTree: String?
    /// How this repository names its objects.
    public let objectFormat: GitObjectFormat
    /// The configuration, as it was when the repository was found.
    public let configuration: GitConfiguration
    /// The directory git-lfs keeps its files in: `lfs.storage`, or `lfs` in the common directory.
    public let lfsDirectory: String

    /// Finds the repository of git's directory, or the one that `GIT_DIR` names.
    ///
    /// - Throws: `LFSAgentError` where there is none, `GitError` where git cannot be run.
    public static func discover(with git: Git = Git()) async throws -> Repository {
        async let configuration = GitConfiguration(readBy: git)
        // The work tree comes last, since it is what makes git fail in a bare repository, after the other lines.
        let output = try await git.output([
            "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format",
            "--show-toplevel",
        ])
        let lines = output.lines.map(String.init)
        guard (3...4).contains(lines.count), lines.count == 4 || output.status != 0 else {
            let words = output.standardError.split(separator: "\n").joined(separator: "; ")
            throw LFSAgentError(
                .notARepository, "git finds no repository here: \(words.isEmpty ? "paths with a newline" : words)")
        }
        guard let format = GitObjectFormat(rawValue: lines[2]) else {
            throw LFSAgentError(
                .notARepository, "the repository \(lines[0]) names objects by \(lines[2]), which modmeta does not know")
        }
        return try await Repository(
            git: git, gitDirectory: lines[0], commonDirectory: lines[1], workTree: lines.count == 4 ? lines[3] : nil,
            objectFormat: format, configuration: configuration)
    }

    private init(
        git: Git, gitDirectory: String, commonDirectory: String, workTree: String?, objectFormat: GitObjectFormat,
        configuration: GitConfiguration
    ) {
        self.git = git
        self.gitDirectory = gitDirectory
        self.commonDirectory = commonDirectory
        self.workTree = workTree
        self.objectFormat = objectFormat
        self.configuration = configuration
        // As git-lfs has it: relative to the common directory, and without expanding a tilde.
        let storage = configuration["lfs.storage"] ?? "lfs"
        lfsDirectory = storage.hasPrefix("/") ? storage : "\(commonDirectory)/\(storage)"
    }

    /// Where git-lfs keeps an object's bytes; the file need not exist.
    public func objectPath(_ object: ObjectID) -> String {
        let hex = object.hex
        return "\(lfsDirectory)/objects/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
    }

    /// Whether nothing was ever checked out here, as during a clone: git writes the index when a checkout ends.
    var isBeforeFirstCheckout: Bool { workTree != nil && access("\(gitDirectory)/index", F_OK) != 0 }

    /// The directory for files about to become LFS objects, on their file system; git-lfs empties it now and then.
    public var temporaryDirectory: String { "\(lfsDirectory)/tmp" }

    /// The directory of our own state, shared by all work trees; it need not exist.
    public var stateDirectory: String { StateDirectory.path(in: commonDirectory) }

    /// Makes the state directory where it is missing, readable by its owner only, and returns its path.
    ///
    /// - Throws: `LFSAgentError` where it cannot be made.
    public func makeStateDirectory() throws -> String {
        let path = stateDirectory
        try StateDirectory.make(path)
        return path
    }

    /// Makes the directory in which agents say what they are uploading, and returns its path.
    ///
    /// - Throws: `LFSAgentError` where it cannot be made.
    func makeUploadDirectory() throws -> String { "\(try makeStateDirectory())/uploading" }
}

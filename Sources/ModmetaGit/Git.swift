internal import Subprocess
internal import SystemPackage

/// Runs git as a child process, in a place and an environment that are stated in full.
public struct Git: Sendable {
    /// What a finished git left behind.
    public struct Output: Sendable {
        /// The exit status; 128 plus the signal's number where a signal ended git.
        public var status: Int
        /// Everything written to standard output.
        public var standardOutput: [UInt8]
        /// What was written to standard error, at most 64 KiB.
        public var standardError: String

        /// What was written to standard error, on one line.
        package var errorWords: String { standardError.split(separator: "\n").joined(separator: "; ") }

        /// Standard output as text.
        public var text: String { String(decoding: standardOutput, as: UTF8.self) }
        /// Standard output as lines, without the empty one after the last newline.
        public var lines: [Substring] { text.utf8.split(separator: 0x0A).map { Substring($0) } }
    }

    /// The directory git is started in; nil for the current one.
    public var directory: String?
    /// Variables that differ from our own environment; nil removes one.
    public var environment: [String: String?]

    /// Creates a runner.
    ///
    /// `GIT_DIR` and the like are inherited unless `environment` removes them: an agent or helper is started by git with
    /// the variables that name the user's repository.
    public init(directory: String? = nil, environment: [String: String?] = [:]) {
        self.directory = directory
        self.environment = environment
    }

    /// A copy with further variables set, or removed where nil.
    public func with(_ variables: [String: String?]) -> Git {
        var copy = self
        copy.environment.merge(variables) { $1 }
        return copy
    }

    /// The variables that tie git to one repository, all removed; for commands about another repository.
    public static let noRepository: [String: String?] = [
        "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil, "GIT_PREFIX": nil,
        "GIT_OBJECT_DIRECTORY": nil, "GIT_ALTERNATE_OBJECT_DIRECTORIES": nil,
        "GIT_COMMON_DIR": nil, "GIT_NAMESPACE": nil,
    ]

    /// The variables that change what the paths in our own commands mean, all removed.
    private static let plainPathspecs: [String: String?] = [
        "GIT_LITERAL_PATHSPECS": nil, "GIT_GLOB_PATHSPECS": nil, "GIT_NOGLOB_PATHSPECS": nil,
        "GIT_ICASE_PATHSPECS": nil,
    ]

    /// Runs git to its end and returns what it wrote, whatever its exit status.
    ///
    /// - Throws: `GitError` when git cannot be started or writes more than `limit` bytes.
    public func output(_ arguments: [String], input: [UInt8] = [], limit: Int = 256 << 20) async throws -> Output {
        do {
            // Not `.bytes(limit:)`, which takes memory for all that the limit allows before git has written anything.
            let result = try await Subprocess.run(
                .name("git"), arguments: Arguments(arguments), environment: subprocessEnvironment,
                workingDirectory: directory.map { FilePath($0) }, input: .array(input), output: .sequence,
                error: .string(limit: 64 << 10)
            ) { execution in
                var bytes: [UInt8] = []
                for try await part in execution.standardOutput {
                    guard part.count <= limit - bytes.count else {
                        throw GitError(
                            arguments: arguments, status: nil, message: "it writes more than \(limit) bytes")
                    }
                    part.withUnsafeBytes { bytes.append(contentsOf: $0) }
                }
                return bytes
            }
            return Output(
                status: result.terminationStatus.code, standardOutput: result.closureResult,
                standardError: result.standardError)
        } catch let error as SubprocessError {
            throw GitError(arguments: arguments, status: nil, message: "\(error)")
        }
    }

    /// Runs git to its end and returns what it wrote.
    ///
    /// - Throws: `GitError` with git's own words when it does not exit with 0.
    public func run(_ arguments: [String], input: [UInt8] = []) async throws -> Output {
        let output = try await output(arguments, input: input)
        guard output.status == 0 else {
            throw GitError(arguments: arguments, status: output.status, message: output.standardError)
        }
        return output
    }

    /// Runs git and passes on what it says on standard error, as for commands that show their own progress.
    ///
    /// - Parameters:
    ///   - input: a file descriptor to read from, or nil for no input; closed in this process.
    ///   - output: a file descriptor to write to, or nil to discard; closed in this process.
    /// - Returns: the exit status.
    public func stream(_ arguments: [String], input: CInt? = nil, output: CInt? = nil) async throws -> Int {
        let source = try input.map { FileDescriptor(rawValue: $0) } ?? FileDescriptor.open("/dev/null", .readOnly)
        let sink = try output.map { FileDescriptor(rawValue: $0) } ?? FileDescriptor.open("/dev/null", .writeOnly)
        do {
            return try await Terminal.relaying { errors in
                let result = try await Subprocess.run(
                    .name("git"), arguments: Arguments(arguments), environment: subprocessEnvironment,
                    workingDirectory: directory.map { FilePath($0) },
                    input: .fileDescriptor(source, closeAfterSpawningProcess: true),
                    output: .fileDescriptor(sink, closeAfterSpawningProcess: true),
                    error: .fileDescriptor(FileDescriptor(rawValue: errors), closeAfterSpawningProcess: true))
                return result.terminationStatus.code
            }
        } catch let error as SubprocessError {
            throw GitError(arguments: arguments, status: nil, message: "\(error)")
        }
    }

    var subprocessEnvironment: Subprocess.Environment {
        var updates: [Subprocess.Environment.Key: String?] = [:]
        for (name, value) in Git.plainPathspecs.merging(environment, uniquingKeysWith: { $1 }) {
            if let key = Subprocess.Environment.Key(rawValue: name) { updates.updateValue(value, forKey: key) }
        }
        return .inherit.updating(updates)
    }
}

extension TerminationStatus {
    var code: Int {
        switch self {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
    }
}

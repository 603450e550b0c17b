internal import Subprocess
internal import SystemPackage

extension Git {
    /// How two piped gits ended.
    struct PipeOutcome: Sendable {
        /// The exit status of the first.
        var producerStatus: Int
        /// The exit status of the second.
        var consumerStatus: Int
        /// What the second wrote to standard error, unless that went to ours.
        var consumerErrors: String
    }

    /// A git command and where it runs.
    struct Command: Sendable {
        var git: Git
        var arguments: [String]
    }

    /// Runs two gits, the output of the first being the input of the second.
    ///
    /// Either one dying ends the other, by the end of its input or by a broken pipe.
    ///
    /// - Parameters:
    ///   - producer: what it says on standard error is passed on, as it shows progress.
    ///   - input: a file the producer reads.
    ///   - output: a file the consumer's output is written to; created.
    ///   - showsErrors: whether what the consumer says is passed on, too.
    static func pipe(
        _ producer: Command, input: String, into consumer: Command, output: String, showsErrors: Bool
    ) async throws -> PipeOutcome {
        let source = try FileDescriptor.open(input, .readOnly, options: .closeOnExec)
        let sink = try FileDescriptor.open(
            output, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        let (readEnd, writeEnd) = try SystemCall.pipe()
        async let producerStatus = producer.git.stream(producer.arguments, input: source.rawValue, output: writeEnd)
        async let consumed = consumer.git.consume(
            consumer.arguments, FileDescriptor(rawValue: readEnd), sink, showsErrors: showsErrors)
        let (consumerStatus, consumerErrors) = try await consumed
        return PipeOutcome(
            producerStatus: try await producerStatus, consumerStatus: consumerStatus, consumerErrors: consumerErrors)
    }

    private func consume(
        _ arguments: [String], _ input: FileDescriptor, _ output: FileDescriptor, showsErrors: Bool
    ) async throws -> (status: Int, errors: String) {
        do {
            if showsErrors {
                return try await Terminal.relaying { errors in
                    let result = try await Subprocess.run(
                        .name("git"), arguments: Arguments(arguments), environment: subprocessEnvironment,
                        workingDirectory: directory.map { FilePath($0) },
                        input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                        output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                        error: .fileDescriptor(FileDescriptor(rawValue: errors), closeAfterSpawningProcess: true))
                    return (result.terminationStatus.code, "")
                }
            }
            let result = try await Subprocess.run(
                .name("git"), arguments: Arguments(arguments), environment: subprocessEnvironment,
                workingDirectory: directory.map { FilePath($0) },
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .string(limit: 64 << 10))
            return (result.terminationStatus.code, result.standardError)
        } catch let error as SubprocessError {
            throw GitError(arguments: arguments, status: nil, message: "\(error)")
        }
    }
}

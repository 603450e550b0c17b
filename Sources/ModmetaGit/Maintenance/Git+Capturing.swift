internal import Subprocess
internal import SystemPackage

extension Git {
    /// Runs git with all it says going to a file, which may become long.
    ///
    /// - Parameters:
    ///   - input: a file it reads.
    ///   - output: the path of the file, which is made.
    /// - Returns: the exit status.
    func capture(_ arguments: [String], input: String = "/dev/null", into output: String) async throws -> Int {
        let source = try FileDescriptor.open(input, .readOnly, options: .closeOnExec)
        let options: FileDescriptor.OpenOptions = [.create, .append, .closeOnExec]
        let sink = try FileDescriptor.open(output, .writeOnly, options: options, permissions: .ownerReadWrite)
        let errors = try FileDescriptor.open(output, .writeOnly, options: options, permissions: .ownerReadWrite)
        do {
            let result = try await Subprocess.run(
                .name("git"), arguments: Arguments(arguments), environment: subprocessEnvironment,
                workingDirectory: directory.map { FilePath($0) },
                input: .fileDescriptor(source, closeAfterSpawningProcess: true),
                output: .fileDescriptor(sink, closeAfterSpawningProcess: true),
                error: .fileDescriptor(errors, closeAfterSpawningProcess: true))
            return result.terminationStatus.code
        } catch let error as SubprocessError {
            throw GitError(arguments: arguments, status: nil, message: "\(error)")
        }
    }
}

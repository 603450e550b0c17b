internal import ArgumentParser
internal import ModmetaSystem

extension ErrorKind {
    /// The exit status of a verb that ends with an error of this kind; docs/man/modmeta.1.md promises them.
    var exitStatus: Int32 {
        switch self {
        case .finding: 1
        case .input, .missing, .corrupt: 2
        case .environment, .transient: 3
        // EX_USAGE, as the argument parser has it.
        case .usage: 64
        }
    }
}

extension ExitCode {
    /// The work was done and found something wrong, which was said already.
    static let finding = ExitCode(ErrorKind.finding.exitStatus)

    /// What a verb ends with because of an error.
    init(for error: any Error) { self.init(ErrorKind(of: error).exitStatus) }
}

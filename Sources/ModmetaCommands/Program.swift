internal import ArgumentParser
internal import Glibc
internal import ModmetaFormats
internal import ModmetaGit
internal import ModmetaSystem

/// The program `modmeta`.
public enum Program {
    /// Runs the verb the command line names and ends the process with its exit status.
    public static func main() async {
        if let reason = AddressSpace.refusal {
            Terminal.error("modmeta: \(reason)")
            exit(ErrorKind.environment.exitStatus)
        }
        do {
            var command = try await Root.asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let status = Root.exitCode(for: error)
            let text = Root.fullMessage(for: error)
            if status == .success {
                if !text.isEmpty { Terminal.print(lines: text) }
            } else if !text.isEmpty {
                Terminal.error(lines: quoting(CommandLine.arguments, in: text))
            }
            exit(status.rawValue)
        }
    }

    /// A message of the argument parser, in which no argument can begin a line of its own.
    static func quoting(_ arguments: [String], in text: String) -> String {
        var text = text
        for argument in arguments {
            for part in [argument[...]] + argument.split(separator: "=", maxSplits: 1)
            where TerminalText.escaped(part) != part {
                text = text.replacing(part, with: TerminalText.escaped(part))
            }
        }
        return text
    }
}

internal import ArgumentParser
internal import ModmetaGit
internal import ModmetaSnapshots

/// `modmeta check`: whether training configurations say what their author meant.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check training configurations against the schema.",
        discussion: """
            The schema is .modmeta/schema.yaml of the repository, or a built-in one that knows the settings of Hugging \
            Face, PEFT, TRL, axolotl and LLaMA-Factory. Exit status 1: a file must not be used as it is.
            """)

    @Argument(help: "The configuration files: YAML, JSON or TOML.")
    var configs: [String] = []

    @Option(help: "Another schema.")
    var schema: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Say only what is wrong.")
    var quiet = false

    @Flag(help: "Print the built-in schema, to be copied from, and check nothing.")
    var builtIn = false

    func validate() throws {
        if configs.isEmpty, !builtIn { throw ValidationError("Name at least one configuration file.") }
    }

    func run() async throws {
        try await reportingFailures {
            if builtIn { return Terminal.print(lines: HyperparameterSchema.builtInText) }
            let schema = try await ConfigChecking.schema(at: schema)
            let checks = try configs.map { try schema.check(fileAt: $0) }
            if json {
                try JSONOutput.print(DocumentValue.array(checks.map(ConfigChecking.document)))
            } else {
                for check in checks { ConfigChecking.print(check, isQuiet: quiet) }
            }
            guard checks.allSatisfy(\.isAcceptable) else { throw ExitCode.finding }
        }
    }
}

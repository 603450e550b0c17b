internal import ArgumentParser
internal import ModmetaGit

/// `modmeta doctor`: what is wrong with the set-up, and the command that mends it.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is wrong with this machine's or repository's set-up, and what mends it.",
        discussion: "Changes nothing. Exit status 1 means that something is wrong; notes alone are no reason.")

    @Argument(help: "A store to look at besides those of the repository, for example modmeta::file:///mnt/models/qa.")
    var url: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        try await reportingFailures {
            let diagnoses = await (try Patient(url: url)).examine()
            if json {
                try JSONOutput.print(diagnoses)
            } else {
                for diagnosis in diagnoses {
                    let mark =
                        [Diagnosis.Level.healthy: "ok     ", .note: "note   ", .problem: "PROBLEM"][diagnosis.level]
                        ?? ""
                    Terminal.print("\(mark)  \(diagnosis.subject): \(diagnosis.finding)")
                    if let remedy = diagnosis.remedy { Terminal.print("           -> \(remedy)") }
                }
            }
            let problems = diagnoses.count { $0.level == .problem }
            if !json { Terminal.print(problems == 0 ? "nothing is wrong" : "\(problems) problems") }
            guard problems == 0 else { throw ExitCode.finding }
        }
    }
}

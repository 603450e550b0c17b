import ModmetaRepository
import Testing

@testable import ModmetaCommands

@Suite struct ProgramTests {
    @Test func argumentsBeginNoLineOfTheirOwn() {
        let arguments = ["modmeta", "--x\nmodmeta: all is well", "--to=a\tb"]
        let text = Program.quoting(arguments, in: "Error: Unknown option '--x\nmodmeta: all is well'\nUsage: a\tb\n")
        #expect(text == "Error: Unknown option '--x\\nmodmeta: all is well'\nUsage: a\\tb\n")
    }

    @Test(arguments: [(.finding, 1), (.input, 2), (.environment, 3)] as [(RepositoryError.Kind, Int32)])
    func errorsOfRepositoriesHaveAnExitStatus(_ kind: RepositoryError.Kind, _ status: Int32) {
        let failure = CommandFailure(RepositoryError(kind: kind, message: "m", hints: ["h"]))
        #expect(failure.kind.rawValue == status)
        #expect(failure.message == "m" && failure.hints == ["h"])
    }
}

import Testing

@testable import ModmetaCommands

@Suite struct ProgramTests {
    @Test func argumentsBeginNoLineOfTheirOwn() {
        let arguments = ["modmeta", "--x\nmodmeta: all is well", "--to=a\tb"]
        let text = Program.quoting(arguments, in: "Error: Unknown option '--x\nmodmeta: all is well'\nUsage: a\tb\n")
        #expect(text == "Error: Unknown option '--x\\nmodmeta: all is well'\nUsage: a\\tb\n")
    }
}

import Foundation
import ModmetaFormats
import Testing

@Suite struct ShellCommandTests {
    /// Names that a shell would not take literally.
    static let names = [
        "plain", "two words", "it's", "''", "a'b'c", "$(touch x)", "`touch x`", "$HOME", "\\", "back\\slash", "\"", "*",
        "?[a]",
        "~", "~root", "=ls", "a=b", "#hash", "!bang", "x'; touch x; '", "a;b", "a&b", "a|b", "<in", ">out", "{a,b}",
        "(sub)",
        "ünï 模型", " lead", "trail ", "", "%1", "^x", "a,b",
    ]

    @Test(arguments: names)
    func `a shell takes each part for what it is`(_ name: String) throws {
        let command: ShellCommand = "printf '%s\\n' x\(name) \(name)"
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", try #require(command.line)]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        #expect(String(decoding: bytes, as: UTF8.self) == "x\(name)\n\(name)\n")
    }

    @Test(arguments: ["a\nb", "a\u{1B}b", "a\tb", "a\u{7F}", "\u{202E}", "\u{200B}", "bad\u{FFFD}", "\u{E000}"])
    func `no command is given for what cannot be pasted`(_ name: String) {
        let command: ShellCommand = "rm \(path: name)"
        #expect(command.line == nil)
        #expect(command.description.contains("no command"))
        #expect(!command.description.contains(name))
    }

    @Test func `a word that looks like an option is none`() {
        let path = "-rf"
        #expect(("rm \(path: path)" as ShellCommand).line == "rm ./-rf")
        #expect(("git lfs push \(path) main" as ShellCommand).line == nil)
        #expect(("git lfs track -- \(path)" as ShellCommand).line == "git lfs track -- -rf")
        #expect(("git tag -d snapshot/\(path)" as ShellCommand).line == "git tag -d snapshot/-rf")
    }

    @Test func `credentials are left out`() {
        let url = "modmeta::https://me:hunter2@host/x"
        #expect(("modmeta store gc \(url)" as ShellCommand).line == "modmeta store gc 'modmeta::https://***@host/x'")
    }
}

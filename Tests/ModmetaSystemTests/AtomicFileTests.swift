import ModmetaSystem
import ModmetaTesting
import Testing

@Suite struct AtomicFileTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.make("tmp")
    }

    /// The two ways to take a name: the usual one, and that of file systems that cannot rename without replacing.
    @Test(arguments: [false, true])
    func aNameIsTakenOnce(byLink: Bool) throws {
        for (content, expected) in [(UInt8(1), AtomicFile.Naming.named), (2, .taken)] {
            let file = try AtomicFile(in: directory.path("tmp"), mode: 0o444)
            try file.file.append([content])
            let target = directory.path("final")
            #expect(try (byLink ? file.link(target) : file.name(target)) == expected)
        }
        #expect(try directory.names("tmp").isEmpty)
        #expect(try directory.contents("final") == [1])
    }

    @Test(arguments: [false, true])
    func absentDirectoryIsTold(byLink: Bool) throws {
        let file = try AtomicFile(in: directory.path("tmp"), mode: 0o444)
        let target = directory.path("absent/final")
        #expect(try (byLink ? file.link(target) : file.name(target)) == .noDirectory)
    }

    @Test func aRepeatedLinkFindsItsOwn() throws {
        let file = try AtomicFile(in: directory.path("tmp"), mode: 0o444)
        #expect(try file.link(directory.path("final")) == .named)
        #expect(try file.link(directory.path("final")) == .named)
    }

    @Test func exactModeOverridesTheUmask() throws {
        let file = try AtomicFile(in: directory.path("tmp"), mode: 0o444, exactMode: 0o662)
        #expect(try file.name(directory.path("final")) == .named)
        #expect(try directory.mode("final") == 0o662)
    }
}

import ModmetaStore
import ModmetaTesting
import Testing

@Suite struct TemporaryFileTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.make("tmp")
    }

    /// The two ways to take a name: the usual one, and that of file systems that cannot rename without replacing.
    @Test(arguments: [false, true])
    func aNameIsTakenOnce(byLink: Bool) throws {
        for (content, expected) in [(UInt8(1), TemporaryFile.Naming.named), (2, .taken)] {
            var file = try TemporaryFile.create(in: directory.path("tmp"), mode: 0o444, exactMode: nil)
            try file.file.write([content])
            let target = directory.path("final")
            #expect(try (byLink ? file.link(target) : file.name(target)) == expected)
        }
        #expect(try directory.names("tmp").isEmpty)
        #expect(try directory.contents("final") == [1])
    }

    @Test(arguments: [false, true])
    func absentDirectoryIsTold(byLink: Bool) throws {
        var file = try TemporaryFile.create(in: directory.path("tmp"), mode: 0o444, exactMode: nil)
        let target = directory.path("absent/final")
        #expect(try (byLink ? file.link(target) : file.name(target)) == .noDirectory)
    }

    @Test func aRepeatedLinkFindsItsOwn() throws {
        let file = try TemporaryFile.create(in: directory.path("tmp"), mode: 0o444, exactMode: nil)
        #expect(try file.link(directory.path("final")) == .named)
        #expect(try file.link(directory.path("final")) == .named)
    }

    @Test func exactModeOverridesTheUmask() throws {
        var file = try TemporaryFile.create(in: directory.path("tmp"), mode: 0o444, exactMode: 0o662)
        #expect(try file.name(directory.path("final")) == .named)
        #expect(try directory.mode("final") == 0o662)
    }
}

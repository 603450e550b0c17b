import ModmetaFormats
import Testing

/// Replays every input that once crashed a parser; see Fixtures/Crashers/README.md.
@Suite struct CrasherTests {
    @Test func replaysEveryCrasher() throws {
        for name in try Fixture.names(in: "Crashers") {
            let bytes = try Fixture.bytes("Crashers/\(name)")
            Replay.manifest(bytes)
            for size in [UInt64(bytes.count), UInt64(bytes.count) + 16, .max] {
                Replay.safetensors(bytes, fileSize: size)
            }
        }
    }

    /// Replays all other fixtures too: each must be refused or be canonical.
    @Test(arguments: ["v1", "hostile"])
    func replaysFixtures(_ folder: String) throws {
        let names = try Fixture.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { Replay.manifest(try Fixture.bytes("\(folder)/\(name)")) }
    }
}

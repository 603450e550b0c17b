import ModmetaFormats
import Testing

/// Checks the layout of every checkpoint under Fixtures, written by a real program or built to harm a careless parser.
///
/// `layouts.txt` has a line for each: its tensors, or the broken rule that makes it opaque.
@Suite struct LayoutFixtureTests {
    static let folders = [
        "pytorch", "pytorch-hostile", "gguf", "gguf-hostile", "numpy", "numpy-hostile", "distcp", "distcp-hostile",
    ]

    private static func expected() throws -> [String: String] {
        let text = String(decoding: try Fixture.bytes("layouts.txt"), as: UTF8.self)
        return Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").map { line in
                let parts = line.split(separator: ": ", maxSplits: 1)
                return (String(parts[0]), String(parts[1]))
            })
    }

    @Test func everyFileIsExpected() throws {
        let names = try Self.folders.flatMap { folder in try Fixture.names(in: folder).map { "\(folder)/\($0)" } }
        #expect(Set(names) == Set(try Self.expected().keys))
        #expect(names.filter { $0.contains("hostile") }.count >= 60)
    }

    @Test(arguments: folders)
    func readsEachAsExpected(_ folder: String) throws {
        let expected = try Self.expected()
        for name in try Fixture.names(in: folder) {
            let source = MemorySource(try Fixture.bytes("\(folder)/\(name)"))
            let reading = try Layout.read(source)
            try reading.layout.validate()
            let tensors = reading.layout.tensors.map(\.summary)
            let outcome =
                reading.violation.map { "opaque, \($0)" }
                ?? "\(reading.layout.format), \(tensors.isEmpty ? "no tensors" : tensors.joined(separator: "; "))"
            if outcome != expected["\(folder)/\(name)"] { print("LAYOUT \(folder)/\(name): \(outcome)") }
            #expect(outcome == expected["\(folder)/\(name)"], "\(folder)/\(name)")
            #expect(reading.violation == nil || reading.layout == .opaque(size: source.size))
            _ = try SafeToLoad.scan(source)
        }
    }
}

import ModmetaFormats
import ModmetaSystem
import ModmetaTesting
import Testing

@testable import ModmetaRepository

private let first = String(repeating: "a", count: 64)
private let second = String(repeating: "b", count: 64)

@Suite struct ObjectListingTests {
    private func read(_ text: String) throws -> [String] {
        let directory = try TemporaryDirectory()
        try directory.write("list", Array(text.utf8))
        return try ObjectListing.read(directory.path("list")).map(\.hex).sorted()
    }

    @Test(arguments: [
        "\(first)\n\(second)\n", "\(first) * a b\r\n\r\n\(second) - c\r\n", "  \(first) * x\n\t\(second)\t*\tx\n",
        "\n \t\nsha256:\(first)\n\(second)  file\n", "\(first) * x (1.2 MB)\n\(second) *file\n",
    ])
    func `each line that is not blank names an object`(_ text: String) throws {
        #expect(try read(text) == [first, second])
    }

    @Test(arguments: [
        ("\(first)\n\(second.dropLast()) * x\n", "line 2"), ("\u{feff}\(first)\n", "line 1"),
        ("\(first)\n\n\u{a0}\(second)\n", "line 3"), ("\(first)\r\(second)\n", "line 1"),
        ("\(first) \(second)\n", "line 1"), ("\(first),\(second)\n", "line 1"), ("# \(first)\n", "line 1"),
        ("\(first)\n\(second)", "last line"), ("\(first.uppercased())\n", "line 1"),
        ("\(first)\n\u{b}\(second)\n", "line 2"),
    ])
    func `a line that is not understood is named, never passed over`(_ text: String, _ place: String) {
        let error = #expect(throws: RepositoryError.self) { try read(text) }
        #expect(error?.message.contains(place) == true, "\(String(describing: error))")
    }

    @Test func `a list that is not there is an error`() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: RepositoryError.self) { try ObjectListing.read(directory.path("none")) }
    }
}

import Foundation

/// The files under Fixtures.
enum Fixture {
    /// Returns the bytes of a file.
    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
    }

    /// Returns the names of the files in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            .filter { !$0.hasPrefix(".") && $0 != "README.md" }.sorted()
    }

    private static var root: URL { Bundle.module.bundleURL.appendingPathComponent("Fixtures") }
}

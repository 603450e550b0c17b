import Foundation
import ModmetaStore
import ModmetaTesting
import Testing

extension TemporaryDirectory {
    /// The names in a directory below, sorted.
    func names(_ name: String) throws -> [String] {
        try #require(try DirectoryPath(path(name)).names()).sorted()
    }

    /// Makes a directory, with those above it.
    func make(_ name: String, mode: UInt32 = 0o755) throws {
        var path = path
        for part in name.split(separator: "/") {
            path += "/\(part)"
            _ = try DirectoryPath(path).make()
        }
        try DirectoryPath(path).setMode(mode)
    }

    /// Writes a file, in the place of one that is there.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        _ = unlink(path(name))
        try #require(FileManager.default.createFile(atPath: path(name), contents: Data(bytes)))
    }

    /// Sets a file's times to some seconds ago.
    func age(_ name: String, seconds: Int) {
        var times = [
            timeval(tv_sec: time(nil) - seconds, tv_usec: 0), timeval(tv_sec: time(nil) - seconds, tv_usec: 0),
        ]
        #expect(utimes(path(name), &times) == 0)
    }

    /// The permission bits of a file or directory.
    func mode(_ name: String) throws -> UInt32 { try #require(try FileStatus(of: path(name))).mode }
}

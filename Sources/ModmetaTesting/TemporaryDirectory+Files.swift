internal import Glibc
internal import ModmetaStore
internal import ModmetaSystem

extension TemporaryDirectory {
    /// The names in a directory below, sorted.
    public func names(_ name: String) throws -> [String] {
        guard let names = try DirectoryPath(path(name)).names() else {
            throw StoreError(.missing, "there is no directory \(name)")
        }
        return names.sorted()
    }

    /// Makes a directory, with those above it.
    public func make(_ name: String, mode: UInt32 = 0o755) throws {
        var path = path
        for part in name.split(separator: "/") {
            path += "/\(part)"
            _ = try DirectoryPath(path).make()
        }
        try DirectoryPath(path).setMode(mode)
    }

    /// Writes a file, in the place of one that is there.
    public func write(_ name: String, _ bytes: [UInt8]) throws {
        _ = unlink(path(name))
        let file = try File(creating: path(name), mode: 0o644)
        try file.append(bytes)
    }

    /// The bytes of a file.
    public func contents(_ name: String) throws -> [UInt8] { try UploadedFile(path(name)).readAll() }

    /// Sets a file's times to some seconds ago.
    public func age(_ name: String, seconds: Int) throws {
        let moment = timeval(tv_sec: time(nil) - seconds, tv_usec: 0)
        var times = [moment, moment]
        guard utimes(path(name), &times) == 0 else { throw StoreError(.system, "cannot set the times of \(name)") }
    }

    /// The permission bits of a file or directory.
    public func mode(_ name: String) throws -> UInt32 {
        guard let status = try FileStatus(of: path(name)) else { throw StoreError(.missing, "there is no \(name)") }
        return status.mode
    }
}

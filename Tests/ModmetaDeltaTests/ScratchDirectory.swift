import Glibc

/// A directory that is removed with its value.
final class ScratchDirectory {
    let path: String

    init() {
        var template = Array("/tmp/modmeta-delta-tests.XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The files in the directory, in any order.
    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var result: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { result.append(name) }
        }
        return result
    }

    /// Writes a file and returns its path.
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "wb") else { throw Errno(code: errno) }
        defer { fclose(stream) }
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw Errno(code: errno) }
        return file
    }

    /// Removes a file.
    func remove(_ name: String) throws {
        guard unlink("\(path)/\(name)") == 0 else { throw Errno(code: errno) }
    }

    /// Reads a whole file.
    static func read(_ file: String) throws -> [UInt8] {
        guard let stream = fopen(file, "rb") else { throw Errno(code: errno) }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer.prefix(count) }
        return bytes
    }

    /// A file operation of a test failed.
    struct Errno: Error {
        let code: Int32
    }
}

/// Runs a program from PATH and returns its exit status, or nil if it is not installed.
func run(_ program: String, _ arguments: String...) -> Int32? {
    var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, program, nil, nil, &argv, environ) == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
}

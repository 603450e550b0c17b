internal import Glibc
internal import ModmetaSystem

/// Reads the file `packed-refs` of a Git directory without git.
enum PackedRefs {
    /// The most bytes the file may have: millions of refs.
    private static let byteLimit = 1 << 30

    /// The refs in the file, by the bytes of their full names; none if there is no file.
    ///
    /// - Throws: `RemoteHelperError.Code.badStore` if it cannot be read, or a line of it is none.
    static func read(in directory: String) throws -> [[UInt8]: RefValue] {
        let path = "\(directory)/packed-refs"
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT, !isLink(path) { return [:] }
            throw damaged(path, SystemCall.reason())
        }
        defer { close(descriptor) }
        guard let bytes = RegularFile.bytes(from: descriptor, limit: byteLimit) else {
            throw damaged(path, SystemCall.reason())
        }
        guard bytes.count < byteLimit else { throw damaged(path, "it has more than \(byteLimit) bytes") }
        return try parse(bytes, path)
    }

    /// Parses `<object> <name>` on each line, `^<object>` after an annotated tag, and a header that begins with `#`.
    private static func parse(_ bytes: [UInt8], _ path: String) throws -> [[UInt8]: RefValue] {
        guard bytes.isEmpty || bytes.last == UInt8(ascii: "\n") else { throw damaged(path, "its last line has no end") }
        var refs: [[UInt8]: RefValue] = [:]
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            .enumerated()
        {
            if line.first == UInt8(ascii: "#") && index == 0 || line.first == UInt8(ascii: "^") { continue }
            guard let space = line.firstIndex(of: UInt8(ascii: " ")),
                let object = GitObjectName(String(decoding: line[..<space], as: UTF8.self)), !object.isNull,
                line[(space + 1)...].starts(with: "refs/".utf8)
            else { throw damaged(path, "line \(index + 1) is no ref") }
            refs[Array(line[(space + 1)...])] = .object(object)
        }
        return refs
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func damaged(_ path: String, _ reason: String) -> RemoteHelperError {
        RemoteHelperError(
            .badStore, "\(path) cannot be used (\(reason)), so not all that must stay is known; run git fsck there")
    }
}

internal import Glibc
internal import ModmetaFormats

/// Names of LFS objects, one a line, as `git lfs ls-files --long --all` begins its lines.
enum ObjectListing {
    /// Reads a list.
    ///
    /// - Parameter path: a file, or `-` for standard input.
    static func read(_ path: String) throws -> Set<ObjectID> {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(kind: .input, message: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure(kind: .input, message: "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            bytes += block[..<count]
            guard bytes.count <= 1 << 30 else {
                throw CommandFailure(kind: .input, message: "\(path) has more than 1 GiB; list the objects once each")
            }
        }
        // Every writer of such lists ends the last line.
        guard bytes.isEmpty || bytes.last == UInt8(ascii: "\n") else {
            throw CommandFailure(
                kind: .input, message: "the last line of \(path) has no end, so the list may be cut short",
                hints: ["If it is complete, add a newline."])
        }
        var objects: Set<ObjectID> = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            var name = String(decoding: line.prefix { $0 != UInt8(ascii: " ") && $0 != 0x0d }, as: UTF8.self)[...]
            if name.isEmpty { continue }
            if name.hasPrefix("sha256:") { name = name.dropFirst(7) }
            guard let object = ObjectID(hex: name) else {
                throw CommandFailure(
                    kind: .input,
                    message: "line \(number + 1) of \(path) does not begin with the 64 digits of an object")
            }
            objects.insert(object)
        }
        return objects
    }
}

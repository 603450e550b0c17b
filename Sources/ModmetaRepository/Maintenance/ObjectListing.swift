internal import Glibc
package import ModmetaFormats
internal import ModmetaSystem

/// Names of LFS objects, one a line, as `git lfs ls-files --long --all` and `sha256sum` write them.
package enum ObjectListing {
    /// Reads a list.
    ///
    /// - Parameter path: a file, or `-` for standard input.
    package static func read(_ path: String) throws -> Set<ObjectID> {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw RepositoryError(kind: .input, message: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw RepositoryError(kind: .input, message: "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            bytes += block[..<count]
            guard bytes.count <= 1 << 30 else {
                throw RepositoryError(kind: .input, message: "\(path) has more than 1 GiB; list the objects once each")
            }
        }
        // Every writer of such lists ends the last line.
        guard bytes.isEmpty || bytes.last == UInt8(ascii: "\n") else {
            throw RepositoryError(
                kind: .input, message: "the last line of \(path) has no end, so the list may be cut short",
                hints: ["If it is complete, add a newline."])
        }
        var objects: Set<ObjectID> = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            let line = line.last == 0x0d ? line.dropLast() : line
            let words = line.split(maxSplits: 2) { $0 == UInt8(ascii: " ") || $0 == 0x09 }
            guard let first = words.first else { continue }
            guard let object = object(first) else {
                throw RepositoryError(
                    kind: .input,
                    message: "line \(number + 1) of \(path) does not begin with the 64 digits of an object",
                    hints: ["Make the list by: git lfs ls-files --long --all"])
            }
            // Whatever else the line says, an object on it must not be passed over.
            guard words.dropFirst().allSatisfy({ self.object($0) == nil }) else {
                throw RepositoryError(
                    kind: .input, message: "line \(number + 1) of \(path) lists more than one object",
                    hints: ["Give each a line of its own."])
            }
            objects.insert(object)
        }
        return objects
    }

    private static func object(_ word: some Collection<UInt8>) -> ObjectID? {
        let text = String(decoding: word, as: UTF8.self)
        return ObjectID(hex: text.hasBytePrefix("sha256:") ? String(text.dropFirst(7)) : text)
    }
}

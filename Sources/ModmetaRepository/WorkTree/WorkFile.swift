package import Glibc
internal import ModmetaFormats
internal import ModmetaStore
internal import ModmetaSystem

/// Small files of a work tree.
package enum WorkFile {
    /// The names in a directory; none where it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    /// Whether there is anything at a path.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The bytes of a file of at most 64 MiB; below `.modmeta` no link is followed.
    package static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = RegularFile.openCommitted(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure("cannot read", path) }
        defer { close(descriptor) }
        var status = stat()
        var bytes: [UInt8] = []
        if fstat(descriptor, &status) == 0 { bytes.reserveCapacity(min(Int(status.st_size), 64 << 20)) }
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0, bytes.count <= 64 << 20 else { throw failure("cannot read", path) }
            if count == 0 { return bytes }
            bytes += block[..<count]
        }
    }

    /// Writes a file as a whole or not at all, making the directory it lies in and the one above.
    package static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    /// Writes a file as a whole or not at all, making the directory it lies in and the one above.
    package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o666) throws {
        let (directory, name) = try place(of: path)
        let temporary = "\(name).\(UInt64.random(in: .min ... .max)).\(getpid()).tmp"
        let descriptor = directory.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: UInt32(mode))
        guard descriptor >= 0 else { throw failure("cannot write", path) }
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, renameat(directory.descriptor, temporary, directory.descriptor, name) == 0 else {
            let error = failure("cannot write", path)
            directory.remove(temporary)
            throw error
        }
    }

    /// The directory that a file is to lie in, which is made, and the file's name; below `.modmeta` no link is followed.
    private static func place(of path: String) throws -> (directory: HeldDirectory, name: String) {
        if let place = CommittedPlace(path), let slash = place.path.lastIndex(of: "/") {
            let top = try HeldDirectory(opening: place.top)
            return (
                try top.directory(String(place.path[..<slash]), making: 0o777),
                String(place.path[place.path.index(after: slash)...])
            )
        }
        guard let slash = path.lastIndex(of: "/") else { return (try HeldDirectory(opening: "."), path) }
        let directory = String(path[..<slash])
        if let slash = directory.lastIndex(of: "/") { mkdir(String(directory[..<slash]), 0o777) }
        mkdir(directory, 0o777)
        return (
            try HeldDirectory(opening: directory.isEmpty ? "/" : directory), String(path[path.index(after: slash)...])
        )
    }

    /// Copies a file of any size, and hashes it on the way.
    ///
    /// - Parameter progress: receives how many bytes were copied.
    /// - Returns: the SHA-256 of what was copied.
    @discardableResult
    static func copy(_ source: String, to path: String, progress: (UInt64) -> Void = { _ in }) throws -> Digest {
        let input = RegularFile.open(source, O_RDONLY)
        guard input >= 0 else { throw failure("cannot read", source) }
        defer { close(input) }
        let output = RegularFile.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        guard output >= 0 else { throw failure("cannot write", path) }
        defer { close(output) }
        var block = [UInt8](repeating: 0, count: 1 << 20)
        var hash = SHA256()
        var done: UInt64 = 0
        while true {
            let count = Glibc.read(input, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot read", source) }
            if count == 0 { return hash.finish() }
            block.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            guard writeAll(block[..<count], to: output) else { throw failure("cannot write", path) }
            done += UInt64(count)
            progress(done)
        }
    }

    private static func writeAll(_ bytes: some Collection<UInt8>, to descriptor: CInt) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func failure(_ what: String, _ path: String) -> RepositoryError {
        RepositoryError(kind: .environment, message: "\(what) \(HeldDirectory.shown(path)): \(RegularFile.reason())")
    }
}

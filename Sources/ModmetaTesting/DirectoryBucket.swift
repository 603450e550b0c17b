internal import Glibc
public import ModmetaNetwork
public import ModmetaStore
internal import ModmetaSystem

/// A bucket kept in a directory, for tests in which processes race, or in which something else reads the files.
public struct DirectoryBucket: BucketFiles {
    /// The absolute path of the directory.
    public let path: String

    /// Uses a directory; one that is absent is made.
    public init(_ path: String) throws {
        self.path = path
        _ = try DirectoryPath(path).make()
    }

    /// The bucket for people to read.
    public var name: String { path }

    /// The size of a file in bytes, or nil if there is none.
    public func size(of path: String) async throws -> UInt64? {
        var status = stat()
        guard stat(full(path), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(status.st_size)
    }

    /// Reads a whole file of at most `limit` bytes.
    public func read(_ path: String, limit: Int) async throws -> [UInt8] {
        guard let size = try await size(of: path) else { throw StoreError(.missing, "there is no \(path) in \(name)") }
        guard size <= UInt64(limit) else { throw StoreError(.corrupt, "\(path) has \(size) bytes, more than \(limit)") }
        return try bytes(path, 0..<size)
    }

    /// Reads a range of a file; the result has exactly the range's length.
    public func read(_ path: String, range: Range<UInt64>) async throws -> [UInt8] { try bytes(path, range) }

    private func bytes(_ path: String, _ range: Range<UInt64>) throws -> [UInt8] {
        let descriptor = open(full(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(.missing, "there is no \(path) in \(name)") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Int(range.count))
        let count = bytes.withUnsafeMutableBytes {
            pread(descriptor, $0.baseAddress, $0.count, off_t(range.lowerBound))
        }
        guard count == bytes.count else { throw StoreError(.corrupt, "\(path) ends before byte \(range.upperBound)") }
        return bytes
    }

    /// Writes a file; `condition` decides what becomes of one that is there.
    public func put(_ path: String, _ content: ObjectContent, _ condition: PutCondition) async throws -> PutOutcome {
        let target = full(path)
        for index in target.utf8.indices.dropFirst() where target.utf8[index] == UInt8(ascii: "/") {
            mkdir(String(target[..<index]), 0o777)
        }
        let temporary = "\(self.path)/.tmp-\(getpid())-\(UInt64.random(in: .min ... .max))"
        defer { unlink(temporary) }
        try write(content, to: temporary)
        switch condition {
        case .always:
            guard rename(temporary, target) == 0 else { throw failure("write", path) }
        case .ifAbsent:
            guard link(temporary, target) == 0 else {
                guard errno == EEXIST else { throw failure("write", path) }
                return .existed
            }
        }
        return .created
    }

    private func write(_ content: ObjectContent, to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("write", file) }
        defer { close(descriptor) }
        let bytes: [UInt8]
        switch content {
        case .bytes(let given): bytes = given
        case .file(let source):
            var status = stat()
            guard stat(source, &status) == 0 else { throw failure("read", source) }
            bytes = try DirectoryBucket.content(of: source, count: Int(status.st_size))
        }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure("write", file) }
    }

    private static func content(of file: String, count: Int) throws -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(.missing, "there is no \(file)") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        guard Glibc.read(descriptor, &bytes, count) == count else { throw StoreError(.corrupt, "cannot read \(file)") }
        return bytes
    }

    /// Calls `visit` once for each file whose path begins with `prefix`, ordered by the bytes of the path.
    public func list(prefix: String, visit: (BucketEntry) async throws -> Bool) async throws {
        let top = prefix.lastIndex(of: "/").map { String(prefix[..<$0]) } ?? ""
        var entries: [BucketEntry] = []
        collect(below: top, prefix, into: &entries)
        for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            guard try await visit(entry) else { return }
        }
    }

    private func collect(below directory: String, _ prefix: String, into entries: inout [BucketEntry]) {
        for name in (try? DirectoryPath(full(directory)).names() ?? []) ?? [] where !name.hasPrefix(".tmp-") {
            let path = directory.isEmpty ? name : "\(directory)/\(name)"
            var status = stat()
            guard lstat(full(path), &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                collect(below: path, prefix, into: &entries)
            } else if path.utf8.starts(with: prefix.utf8) {
                entries.append(
                    BucketEntry(path: path, size: UInt64(status.st_size), modified: Int64(status.st_mtim.tv_sec)))
            }
        }
    }

    /// Deletes a file; one that is absent is no error.
    public func delete(_ path: String) async throws { unlink(full(path)) }

    private func full(_ path: String) -> String { path.isEmpty ? self.path : "\(self.path)/\(path)" }

    private func failure(_ action: String, _ path: String) -> StoreError {
        StoreError(.system, "cannot \(action) \(path) in \(name): \(String(cString: strerror(errno)))")
    }
}

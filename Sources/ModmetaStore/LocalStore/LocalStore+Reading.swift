internal import ModmetaSystem

extension LocalStore {
    /// The size of an object in bytes, or nil if the store does not have it.
    public func size(of key: ObjectKey) async throws -> UInt64? {
        try StoreError.fromSystem {
            let file = try filePath(key)
            guard let status = try FileStatus(of: file) else { return nil }
            guard status.kind == .regular else { throw StoreError(.corrupt, "\(file) is not a regular file") }
            return status.size
        }
    }

    /// Reads a whole object of at most `limit` bytes.
    public func read(_ key: ObjectKey, limit: Int) async throws -> [UInt8] {
        try StoreError.fromSystem {
            let file = try open(key)
            guard let count = Int(exactly: file.size), count <= limit else {
                throw StoreError(
                    .corrupt, "\(file.path) has \(file.size) bytes, more than the \(limit) such an object may have")
            }
            return try file.read(at: 0, count: count)
        }
    }

    /// Reads a range of an object; the result has exactly the range's length.
    public func read(_ key: ObjectKey, range: Range<UInt64>) async throws -> [UInt8] {
        try StoreError.fromSystem {
            let file = try open(key)
            guard range.upperBound <= file.size, let count = Int(exactly: range.upperBound - range.lowerBound) else {
                throw StoreError(
                    .corrupt,
                    "\(file.path) has \(file.size) bytes and ends before byte \(range.upperBound), which is wanted")
            }
            return try file.read(at: range.lowerBound, count: count)
        }
    }

    private func open(_ key: ObjectKey) throws -> File { try File(reading: try filePath(key), followsLinks: false) }
}

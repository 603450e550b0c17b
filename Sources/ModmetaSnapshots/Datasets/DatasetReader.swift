internal import Glibc
internal import ModmetaFormats

/// Reads a data set once for its hash and once for its records, at the same time, in bounded memory.
enum DatasetReader {
    private static let lineSuffixes = [".jsonl", ".ndjson", ".csv", ".tsv", ".txt"]

    /// The bytes of the file or directory at a path; 0 where there is none.
    static func byteCount(ofDataAt path: String) -> UInt64 {
        guard isDirectory(path) else { return FileStamp(path: path)?.size ?? 0 }
        let files = (try? Checkpoint(paths: [path]).files) ?? []
        return files.reduce(0) { sum, file in
            if case .file(let path) = file.source { sum + (FileStamp(path: path)?.size ?? 0) } else { sum }
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The records of the file or directory at a path.
    ///
    /// - Throws: `SnapshotError` with `file`, or `changed` where a file is written to meanwhile.
    static func manifest(
        ofDataAt path: String, counting count: HashedBytes? = nil
    ) async throws -> DatasetManifest {
        if isDirectory(path) { return try await directory(path, count) }
        let file = try CheckpointFile(path: path)
        let hasLines = lineSuffixes.contains(where: path.lowercased().hasSuffix)
        // Of two passes at the same time the slower one counts.
        async let records = hasLines ? lines(of: file, count) : nil
        let digest = try await hash(file, hasLines ? nil : count)
        let size = file.stamp.size
        var manifest: DatasetManifest
        if var sample = try await records {
            let digests = sample.finish()
            manifest = DatasetManifest(
                kind: .lines, digest: digest, byteCount: size, recordCount: sample.count, threshold: sample.threshold,
                records: digests)
        } else {
            manifest = DatasetManifest(
                kind: .whole, digest: digest, byteCount: size, recordCount: 1, threshold: .max,
                records: [prefix(of: digest)])
        }
        guard FileStamp(path: path) == file.stamp else {
            throw SnapshotError(.changed, "\(path) changed while it was read; try again when its writer is done")
        }
        return manifest
    }

    /// Off this task, so that the records are read at the same time.
    @concurrent private static func hash(_ file: CheckpointFile, _ count: HashedBytes?) async throws -> Digest {
        try file.digest(0..<file.stamp.size, counting: count)
    }

    @concurrent private static func lines(
        of file: CheckpointFile, _ count: HashedBytes?
    ) async throws -> RecordSample {
        var sample = RecordSample()
        var hash = RepeatedSHA256()
        // Whether the line that began has bytes: an empty line is no record.
        var isOpen = false
        try file.read(0..<file.stamp.size) { block in
            guard var rest = block.baseAddress else { return }
            var left = block.count
            while left > 0 {
                let newline = memchr(rest, 0x0A, left)
                let length = newline.map { UnsafeRawPointer($0) - rest } ?? left
                if length > 0 {
                    hash.update(UnsafeRawBufferPointer(start: rest, count: length))
                    isOpen = true
                }
                guard newline != nil else { break }
                if isOpen { sample.add(hash.finishPrefix()) }
                isOpen = false
                rest += length + 1
                left -= length + 1
            }
            count?.add(block.count)
        }
        if isOpen { sample.add(hash.finishPrefix()) }
        return sample
    }

    /// A directory: its hash is that of the lines `<sha256>  <path>`, by path; its records are the files.
    private static func directory(_ path: String, _ count: HashedBytes?) async throws -> DatasetManifest {
        let files = try Checkpoint(paths: [path]).files
        let paths = files.compactMap { file -> String? in if case .file(let path) = file.source { path } else { nil } }
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let digests = try await paths.concurrentMap(width: processors) { path in
            let file = try CheckpointFile(path: path)
            return (digest: try file.digest(0..<file.stamp.size, counting: count), size: file.stamp.size)
        }
        let names = files.compactMap { file -> String? in if case .file = file.source { file.name } else { nil } }
        var whole = SHA256()
        var sample = RecordSample()
        for (name, entry) in zip(names, digests) {
            whole.update(Array("\(entry.digest.hex)  \(name)\n".utf8))
            sample.add(prefix(of: entry.digest))
        }
        let records = sample.finish()
        return DatasetManifest(
            kind: .files, digest: whole.finish(), byteCount: digests.reduce(0) { $0 + $1.size },
            recordCount: sample.count,
            threshold: sample.threshold, records: records)
    }

    private static func prefix(of digest: Digest) -> UInt64 {
        var number: UInt64 = 0
        for byte in digest.bytes.prefix(8) { number = number << 8 | UInt64(byte) }
        return number
    }
}

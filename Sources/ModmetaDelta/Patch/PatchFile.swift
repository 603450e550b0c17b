public import ModmetaFormats

/// A file that turns one file into another: the payloads of all chunks and the ranges of the old file they need.
///
/// The format is docs/formats/patch-file.md. Memory is bounded by one chunk and its base per core, for files of any
/// size.
public enum PatchFile {
    /// The sizes and digests that a patch declares.
    public struct Summary: Hashable, Sendable {
        /// The size of the old file in bytes.
        public var oldSize: Int
        /// The SHA-256 of the old file.
        public var oldDigest: Digest
        /// The size of the new file in bytes.
        public var newSize: Int
        /// The SHA-256 of the new file.
        public var newDigest: Digest
    }

    /// Writes the patch that turns the file `old` into the file `new`.
    ///
    /// Every payload is decoded and compared before it is written. The work uses all cores.
    ///
    /// - Parameter progress: receives the bytes of the new file done so far and in total.
    /// - Throws: `DeltaError`: `fileSystem` if a file cannot be read or written, `malformed` if the plan does not cover
    ///   the new file.
    /// - Returns: the sizes and digests that the patch declares.
    @discardableResult
    public static func create(
        old oldPath: String, new newPath: String, plan: PatchPlan, output: String,
        progress: @escaping PatchProgress = { _, _ in }
    ) async throws -> Summary {
        let old = try InputFile(path: oldPath)
        let new = try InputFile(path: newPath)
        try plan.check(covers: new)
        var summary = Summary(
            oldSize: old.size, oldDigest: SHA256.hash([]), newSize: new.size, newDigest: SHA256.hash([]))
        let file = try OrderedOutput(path: output, beginning: PatchFormat.header(summary)) { done in
            progress(done, UInt64(new.size))
        }
        async let oldDigest = old.digest()
        let queue = PatchQueue(plan.chunks)
        try await file.fill {
            let encoder = PatchEncoder(old: old, new: new)
            while let (index, chunk) = queue.next() {
                let (raw, record) = try encoder.encode(chunk)
                try await file.append(record, hashing: raw, at: index)
            }
        }
        summary.oldDigest = try await oldDigest
        summary.newDigest = await file.digest()
        try await file.commit(beginning: PatchFormat.header(summary))
        return summary
    }

    /// Makes the new file from the old file and a patch.
    ///
    /// The output appears at its path only after its SHA-256 is verified. The work uses all cores.
    ///
    /// - Parameter progress: receives the bytes of the new file done so far and in total.
    /// - Throws: `DeltaError`: `malformed` if the patch is damaged or made for another old file, `fileSystem` if a file
    ///   cannot be read or written.
    /// - Returns: the sizes and digests that the patch declares.
    @discardableResult
    public static func apply(
        patch patchPath: String, old oldPath: String, output: String,
        progress: @escaping PatchProgress = { _, _ in }
    ) async throws -> Summary {
        let old = try InputFile(path: oldPath)
        let records = try PatchRecords(path: patchPath)
        let summary = records.summary
        let wrongFile = DeltaError(.malformed, "\(oldPath) is not the file that \(patchPath) was made from")
        guard old.size == summary.oldSize else { throw wrongFile }
        async let oldDigest = old.digest()
        let file = try OrderedOutput(path: output, beginning: []) { done in
            progress(done, UInt64(summary.newSize))
        }
        do {
            try await file.fill {
                let decoder = PatchDecoder(old: old, path: patchPath)
                while let next = try await records.next() {
                    let raw = try decoder.decode(next)
                    try await file.append(raw, hashing: raw, at: next.index)
                }
            }
        } catch {
            // Applied to another file, a patch fails in many ways; report the real cause.
            guard try await oldDigest == summary.oldDigest else { throw wrongFile }
            throw error
        }
        guard try await oldDigest == summary.oldDigest else { throw wrongFile }
        guard await file.digest() == summary.newDigest else {
            throw DeltaError(
                .malformed, "the file made by \(patchPath) does not have the SHA-256 that the patch declares")
        }
        try await file.commit()
        return summary
    }
}

extension PatchPlan {
    /// Checks that the chunks cover the whole file, in order.
    fileprivate func check(covers file: InputFile) throws(DeltaError) {
        var end = 0
        for chunk in chunks {
            guard chunk.range.lowerBound == end, chunk.range.count > 0, chunk.range.upperBound <= file.size else {
                throw DeltaError(.malformed, "the planned chunks do not cover \(file.path) in order", offset: end)
            }
            end = chunk.range.upperBound
        }
        guard end == file.size else {
            throw DeltaError(.malformed, "the planned chunks end before \(file.path) does", offset: end)
        }
    }
}

internal import ModmetaFormats

/// Finds LFS pointers whose weights are not in the store, before a ref leads to them.
///
/// Git-lfs uploads weights in its pre-push hook, which `git push --no-verify`, a repository without hooks, or another
/// program may pass over.
struct PointerGuard: Sendable {
    /// Weights that are missing.
    struct Gap: Equatable, Sendable {
        /// The path of the first file without its weights.
        var path: String
        /// How many objects are missing.
        var count: Int
    }

    /// Where the pointers are.
    var local: LocalRepository
    /// Knows what is in the store.
    var weights: any WeightsPresence

    /// How many small blobs are read at a time: at most 2 MiB of them.
    private static let batchSize = 2048

    /// The weights that pointers among the new objects name and the store lacks, or nil if it lacks none.
    func gap(in new: NewObjects) async throws -> Gap? {
        var gap: Gap?
        var batch: [(blob: GitObjectName, path: String)] = []
        func check() async throws {
            let found = try await missing(in: batch)
            batch = []
            guard let first = found.first else { return }
            gap = Gap(path: gap?.path ?? first, count: (gap?.count ?? 0) + found.count)
        }
        try await new.forEach { entry in
            guard entry.type == "blob", entry.size >= LFSPointer.leastByteCount, entry.size < LFSPointer.byteLimit
            else { return }
            batch.append((entry.name, String(entry.path)))
            if batch.count == PointerGuard.batchSize { try await check() }
        }
        try await check()
        return gap
    }

    /// The paths of the pointers in a batch whose weights are missing.
    private func missing(in batch: [(blob: GitObjectName, path: String)]) async throws -> [String] {
        guard !batch.isEmpty else { return [] }
        let input = batch.map { "\($0.blob)\n" }.joined()
        let output = try await local.git.run(["cat-file", "--batch", "--buffer"], input: Array(input.utf8))
        var pointers: [(path: String, pointer: LFSPointer)] = []
        var rest = output.standardOutput[...]
        for (blob, path) in batch {
            guard let content = PointerGuard.takeBlob(from: &rest) else {
                throw RemoteHelperError(.transfer, "git could not read the blob \(blob) at \(path); run git fsck")
            }
            if let pointer = try? LFSPointer(parsing: content) { pointers.append((path, pointer)) }
        }
        guard !pointers.isEmpty else { return [] }
        let missing = Set(
            try await weights.missing(among: pointers.map { ($0.pointer.object, $0.pointer.size) }))
        return pointers.filter { missing.contains($0.pointer.object) }.map(\.path)
    }

    /// Takes one answer of `git cat-file --batch`: `<object> blob <size>`, newline, content, newline.
    static func takeBlob(from output: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = output.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = output[..<end].split(separator: UInt8(ascii: " "))
        guard words.count == 3, let size = Int(String(decoding: words[2], as: UTF8.self)), size >= 0,
            size < output.endIndex - (end + 1)
        else { return nil }
        let content = output[(end + 1)..<(end + 1 + size)]
        output = output[(end + 2 + size)...]
        return content
    }
}

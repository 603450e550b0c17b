internal import Glibc
internal import ModmetaNetwork
internal import ModmetaStore
internal import ModmetaSystem

/// A self-contained pack that was made on this machine, with its index, for a bucket.
struct MadePack: Sendable {
    /// What a generation says of it.
    var listed: ListedPack
    /// Where the pack is.
    var packFile: String
    /// Where the index is.
    var indexFile: String

    /// Settings of the user that would make something else than one pack with an index every git can read.
    private static let settings = ["-c", "pack.packSizeLimit=0", "-c", "pack.indexVersion=2"]

    /// Packs all that `tips` refer to except what `known` refer to.
    ///
    /// Deltas stay within the pack, since readers over plain HTTP need packs that stand for themselves.
    ///
    /// - Parameter base: what the paths of the files begin with.
    /// - Returns: nil if that is nothing.
    /// - Throws: `RemoteHelperError.Code.transfer` if objects are missing.
    static func make(
        of tips: Set<GitObjectName>, beyond known: Set<GitObjectName>, in git: Git, at base: String,
        scratch: ScratchDirectory, showsProgress: Bool
    ) async throws -> MadePack? {
        var revisions = tips.map { "\($0)\n" }.joined()
        if !known.isEmpty { revisions += "--not\n" + known.map { "\($0)\n" }.joined() }
        let input = try SystemCall.open(scratch.write(Array(revisions.utf8)), O_RDONLY)
        let answer = scratch.newFile()
        let output = try SystemCall.open(answer, O_WRONLY | O_CREAT | O_EXCL)
        // A graft would hide history that the store then lacks.
        let status = try await git.with(["GIT_GRAFT_FILE": "\(scratch.path)/no-grafts"]).stream(
            settings + [
                "pack-objects", "--revs", "--delta-base-offset", showsProgress ? "--progress" : "-q", base,
            ], input: input, output: output)
        guard status == 0 else {
            throw RemoteHelperError(.transfer, "git could not pack the objects to push; run git fsck")
        }
        let words = String(decoding: RegularFile.firstBytes(of: answer, limit: 4096) ?? [], as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        guard let word = words.first else { return nil }
        guard words.count == 1, let name = GitObjectName(word) else {
            throw RemoteHelperError(.transfer, "git made \(words.count) packs where one was due")
        }
        let (pack, index) = ("\(base)-\(name).pack", "\(base)-\(name).idx")
        let listed = ListedPack(name: name, pack: try .init(of: pack), index: try .init(of: index))
        return MadePack(listed: listed, packFile: pack, indexFile: index)
    }

    /// Removes the files, unless a cache has taken them.
    func discard() { for file in [packFile, indexFile] { unlink(file) } }

    /// Puts the pack into a bucket, and then the index, after which stock git takes it for there.
    ///
    /// What is there already is written again: a collector spares young files, and so this pack until refs lead to it.
    func upload(to files: any BucketFiles) async throws {
        _ = try await files.put(listed.packPath, .file(path: packFile), .always)
        _ = try await files.put(listed.indexPath, .file(path: indexFile), .always)
    }
}

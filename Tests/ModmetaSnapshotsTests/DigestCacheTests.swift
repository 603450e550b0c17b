import Glibc
import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaSnapshots

@Suite struct DigestCacheTests {
    private let tensor = SampleTensor(name: "w", shape: [2], bytes: Array(0..<8))

    private func makeOld(_ path: String) {
        // Two hours ago, so that the change counts as settled.
        var times = [timespec(), timespec()]
        for index in times.indices { times[index].tv_sec = time(nil) - 7200 }
        _ = utimensat(AT_FDCWD, path, times, 0)
    }

    @Test func entriesComeBackAndFollowTheFile() async throws {
        let files = try CheckpointFiles()
        try files.write([tensor], to: "a/model.safetensors")
        let path = files.directory.path("a/model.safetensors")
        let stamp = try #require(FileStamp(path: path))
        let cache = DigestCache(path: files.directory.path("digests"))
        let line = ContentLine.tensor(
            directory: "", name: "w", dtype: "F32", shape: [2],
            digest: try #require(Digest(hex: String(repeating: "ab", count: 32))))
        let entry = DigestCache.Entry(isWeights: true, lines: [line], notes: ["x and y are tied"])
        #expect(DigestCache.Entry(entry.value, name: "n/m", directory: "n")?.lines.count == 1)
        // A file written just now is not cached.
        cache.add(entry, path, stamp)
        cache.save()
        let again = DigestCache(path: files.directory.path("digests"))
        #expect(again.entry(path, stamp, name: "m", directory: "") == nil)
    }

    @Test func aSettledFileIsNotReadAgain() async throws {
        let files = try CheckpointFiles()
        try files.write([tensor], to: "model.safetensors")
        let path = files.directory.path("model.safetensors")
        makeOld(path)
        // The change time of the inode counts too.
        try await Task.sleep(for: .seconds(4))
        let place = files.directory.path("digests")
        let cache = DigestCache(path: place)
        let first = try await ContentDigest(of: Checkpoint(paths: [path]).files, cache: cache)
        cache.save()
        let second = try await ContentDigest(of: Checkpoint(paths: [path]).files, cache: DigestCache(path: place))
        #expect(first == second && first.tensorCount == 1 && first.byteCount > 0)
        #expect(
            DigestCache(path: place).entry(path, try #require(FileStamp(path: path)), name: "m", directory: "") != nil)
        try files.write([SampleTensor(name: "w", shape: [2], bytes: Array(1..<9))], to: "model.safetensors")
        let changed = try await ContentDigest(of: Checkpoint(paths: [path]).files, cache: DigestCache(path: place))
        #expect(changed.content != first.content)
    }

    @Test func damageIsNoAnswer() throws {
        let files = try CheckpointFiles()
        try files.write("modmeta digests 1\n1 2\tpath\t{\"lines\":7}\nrubbish\n", to: "digests")
        _ = DigestCache(path: files.directory.path("digests"))
        try files.write([0xFF, 0xFE, 0x00], to: "digests")
        _ = DigestCache(path: files.directory.path("digests"))
    }
}

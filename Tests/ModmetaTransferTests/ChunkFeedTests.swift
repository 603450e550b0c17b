import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// Chunks of a file on their way to the workers.
@Suite struct ChunkFeedTests {
    private let directory: TemporaryDirectory
    private let bytes = SyntheticCheckpoint(seed: 5, shapes: (0..<8).map { ("layer.\($0).weight", 64, 128) }).file()
    private let feed: ChunkFeed

    init() throws {
        directory = try TemporaryDirectory()
        let path = directory.path("model.safetensors")
        try LocalFile(updating: path).write(bytes, at: 0)
        let file = try LocalFile(reading: path)
        feed = ChunkFeed(file: file, layout: try file.layout(), sizes: ChunkSizes(minimum: 8 << 10, target: 16 << 10))
    }

    @Test("chunks that are put back come again, first of all, and the file is hashed once")
    func puttingBack() async throws {
        var seen = [Bool](repeating: false, count: bytes.count)
        func take(_ chunk: ChunkFeed.Chunk) {
            let range = Int(chunk.range.lowerBound)..<Int(chunk.range.upperBound)
            #expect(chunk.bytes == Array(bytes[range]))
            for index in range { seen[index] = true }
        }
        take(try #require(try await feed.next(in: [])))
        let second = try #require(try await feed.next(in: []))
        let third = try #require(try await feed.next(in: [UInt8](repeating: 1, count: 3)))
        await feed.putBack(second)
        #expect(try await feed.next(in: []) == nil)
        await feed.putBack(third)
        #expect(await feed.goOn())
        let again = [try #require(try await feed.next(in: [])), try #require(try await feed.next(in: []))]
        #expect(Set(again.map(\.index)) == [second.index, third.index])
        again.forEach(take)
        #expect(await !feed.goOn())
        // Reading into memory that was too small, too large and just right.
        var memory: [UInt8] = []
        while let chunk = try await feed.next(in: memory) {
            take(chunk)
            memory = chunk.bytes
        }
        #expect(seen.allSatisfy { $0 })
        #expect(await feed.digest() == SHA256.hash(bytes))
    }

    @Test("a chunk that is not what it was when it comes again is refused")
    func changedFile() async throws {
        let chunk = try #require(try await feed.next(in: []))
        await feed.putBack(chunk)
        try LocalFile(updating: directory.path("model.safetensors")).write([99], at: chunk.range.upperBound - 1)
        #expect(await feed.goOn())
        let error = await #expect(throws: TransferError.self) { try await feed.next(in: []) }
        #expect(error?.code == .changed)
    }

    @Test("what is allowed is said as far as it is known")
    func readShares() throws {
        let known = ReadShare(1.45)
        #expect(try known.allows(145, for: 100) && !known.allows(145.1, for: 100))
        let rough = ReadShare(in: 1...2.5)
        #expect(try rough.allows(100, for: 100) && !rough.allows(251, for: 100))
        #expect(throws: ReadShare.Unknown.self) { try rough.allows(101, for: 100) }
    }
}

import ModmetaFormats
import ModmetaTesting
import Testing

@testable import ModmetaTransfer

/// By which files are told to hold the same tensors.
@Suite struct ContentSampleTests {
    private static func sample(_ bytes: [UInt8]) throws -> ContentSample {
        let directory = try TemporaryDirectory()
        try write(bytes, to: directory.path("file"))
        let file = try LocalFile(reading: directory.path("file"))
        return try ContentSample(of: try file.layout(), in: file)
    }

    @Test("another format or order of the same tensors is a twin, another step of training is not")
    func twins() throws {
        let shapes = (0..<100).map { ("layer.\($0).weight", $0 % 3 == 0 ? 20 : 16, 16) }
        var model = SyntheticCheckpoint(seed: 1, shapes: shapes)
        let first = try Self.sample(model.file())
        #expect(first.hashes.count == ContentSample.limit)
        #expect(first == (try Self.sample(model.file(order: Array(shapes.indices.reversed())))))
        #expect(first.isTwin(of: try Self.sample(TorchArchive.file(model, root: "m", save: 1))))
        model.train(rate: 1e-2)
        let second = try Self.sample(model.file())
        #expect(!first.isTwin(of: second) && !second.isTwin(of: first))
    }

    @Test("nothing is a twin of a file without tensors, or with none but zeros")
    func nothing() throws {
        let opaque = try Self.sample([UInt8](repeating: 7, count: 5000))
        var model = SyntheticCheckpoint(seed: 1, shapes: [("a", 64, 64)])
        model.tensors[0].weights = [Float](repeating: 0, count: 64 * 64)
        let zeros = try Self.sample(model.file())
        #expect(opaque.hashes.isEmpty && zeros.hashes.isEmpty)
        #expect(!opaque.isTwin(of: opaque) && !zeros.isTwin(of: zeros))
        #expect(ContentSample(hashes: [2, 1]) == nil)
    }
}

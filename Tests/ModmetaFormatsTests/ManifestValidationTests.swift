import ModmetaFormats
import Testing

@Suite struct ManifestValidationTests {
    struct Violation: Sendable, CustomTestStringConvertible {
        let message: String
        var code: FormatError.Code = .malformed
        let change: @Sendable (inout Manifest) -> Void
        var testDescription: String { message }
        init(
            _ message: String, _ code: FormatError.Code = .malformed,
            _ change: @escaping @Sendable (inout Manifest) -> Void
        ) {
            (self.message, self.code, self.change) = (message, code, change)
        }
    }

    @Test(arguments: [
        Violation("the chunks have 300 bytes; the file has 301") { $0.layout.size = 301 },
        Violation("the chunks are longer than the file's 299 bytes") { $0.layout.size = 299 },
        Violation("the chunks have 0 bytes; the file has 300") { $0.chunks = [] },
        Violation("an empty file has no manifest") { ($0.layout.size, $0.chunks, $0.entries) = (0, [], []) },
        Violation("a chunk names an entry that does not exist") { $0.chunks = [3] },
        Violation("a chunk names an entry that does not exist") { $0.chunks = [-1] },
        Violation("entry 2 is not used by any chunk") { ($0.layout.size, $0.chunks) = (290, [1]) },
        Violation("entry 1 has a base that is not an earlier entry") { $0.entries[1].base[0].entry = 1 },
        Violation("entry 1 has a base that is not an earlier entry") { $0.entries[1].base[0].entry = -1 },
        Violation("entry 2 has a base outside the 290 raw bytes of entry 1") { $0.entries[2].base[0].length = 281 },
        Violation("entry 2 has a base outside the 290 raw bytes of entry 1") { $0.entries[2].base[0].length = 0 },
        Violation("entry 2 has a base outside the 290 raw bytes of entry 1") { $0.entries[2].base[0].length = .max },
        Violation("entry 2 has a base outside the 290 raw bytes of entry 1") { $0.entries[2].base[0].offset = -1 },
        Violation("entry 2 is a delta without a base") { $0.entries[2].base = [] },
        Violation("entry 2 is a delta of generation 0, not 1 to 65535") { $0.entries[2].generation = 0 },
        Violation("entry 2 is a delta of generation 65536, not 1 to 65535") { $0.entries[2].generation = 65_536 },
        Violation("entry 0 is full, but has a generation") { $0.entries[0].generation = 1 },
        Violation("entry 2 is full, but has a base") { $0.entries[2].encoding = .full },
        Violation("entry 0 is raw, but its payload is not its chunk") { $0.entries[0].encoding = .raw },
        Violation("entry 2 stores the chunk of an earlier entry") { $0.entries[2].chunk = $0.entries[0].chunk },
        Violation("entry 0 has 0 raw bytes, not 1 to 16777216", .limitExceeded) { $0.entries[0].rawLength = 0 },
        Violation("entry 0 has 16777217 raw bytes, not 1 to 16777216", .limitExceeded) {
            $0.entries[0].rawLength = ChunkLimits.maximum + 1
        },
        Violation("entry 0 has a payload of 0 bytes, not 1 to 16842752", .limitExceeded) {
            $0.entries[0].payloadLength = 0
        },
        Violation("entry 0 has a payload of 16842753 bytes, not 1 to 16842752", .limitExceeded) {
            $0.entries[0].payloadLength = 16_842_753
        },
        Violation("entry 2 has a base of more than 67108864 bytes", .limitExceeded) {
            $0.entries[0].rawLength = ChunkLimits.maximum
            let whole = Manifest.Segment(entry: 0, offset: 0, length: ChunkLimits.maximum)
            $0.entries[2].base = [whole, whole, whole, whole, .init(entry: 0, offset: 0, length: 1)]
        },
        Violation("an opaque file has tensors") { $0.layout.tensors = SampleManifests.tensors.layout.tensors },
    ])
    func namesTheRule(_ violation: Violation) {
        var manifest = SampleManifests.deltaChain
        violation.change(&manifest)
        let error = #expect(throws: FormatError.self) { try manifest.validate() }
        #expect(error?.message == violation.message)
        #expect(error?.code == violation.code)
    }

    @Test(arguments: [
        Violation("the tensor 'layer.0.weight' starts before the previous tensor ends") {
            $0.layout.tensors[1].range = 399..<3000
        },
        Violation("the tensor 'layer.0.weight' starts before the previous tensor ends") {
            $0.layout.tensors[0].range = 200..<401
        },
        Violation("the tensor 'scale' ends at byte 3001 of 3000") { $0.layout.tensors[2].range = 3000..<3001 },
        Violation("two tensors have the name 'scale'") { $0.layout.tensors[0].name = "scale" },
        Violation("the dtype of 'scale' is not 1 to 16 ASCII characters") { $0.layout.tensors[2].dtype = "" },
        Violation("the dtype of 'scale' is not 1 to 16 ASCII characters") { $0.layout.tensors[2].dtype = "F 32" },
        Violation("the dtype of 'scale' is not 1 to 16 ASCII characters") { $0.layout.tensors[2].dtype = "\u{e9}" },
        Violation("the tensor 'scale' has more than 64 dimensions", .limitExceeded) {
            $0.layout.tensors[2].shape = Array(repeating: 1, count: 65)
        },
        Violation("the name of a tensor is longer than 65535 bytes", .limitExceeded) {
            $0.layout.tensors[2].name = String(repeating: "n", count: 65_536)
        },
    ])
    func namesTheRuleOfTensors(_ violation: Violation) {
        var manifest = SampleManifests.tensors
        violation.change(&manifest)
        let error = #expect(throws: FormatError.self) { try manifest.validate() }
        #expect(error?.message == violation.message)
        #expect(error?.code == violation.code)
    }

    @Test func showsHostileNamesHarmlessly() {
        var manifest = SampleManifests.tensors
        manifest.layout.tensors[2].name = "\u{1B}[2J\u{202E}" + String(repeating: "x", count: 200)
        manifest.layout.tensors[2].dtype = ""
        let error = #expect(throws: FormatError.self) { try manifest.validate() }
        #expect(error?.message.hasPrefix("the dtype of '\\u{1b}[2J\\u{202e}xxx") == true)
        #expect((error?.message.count ?? 0) < 200)
    }

    /// A chain of entries, each a delta whose base repeats the previous entry a number of times.
    private func chain(_ length: Int, takenTimes times: Int) -> Manifest {
        var entries: [Manifest.Entry] = []
        for index in 0..<length {
            let name = SHA256.hash([UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8)])
            let segment = Manifest.Segment(entry: index - 1, offset: 0, length: 8)
            entries.append(
                Manifest.Entry(
                    payload: PayloadID(name), payloadLength: 4, chunk: ChunkID(name), rawLength: 8,
                    encoding: index == 0 ? .full : .delta, generation: index,
                    base: index == 0 ? [] : Array(repeating: segment, count: times)))
        }
        return Manifest(
            object: ObjectID(SHA256.hash([])), layout: .opaque(size: 8), entries: entries, chunks: [length - 1])
    }

    @Test func refusesTooMuchWork() throws {
        try chain(257, takenTimes: 1).validate()
        let deep = #expect(throws: FormatError.self) { try chain(258, takenTimes: 1).validate() }
        #expect(deep?.message == "entry 257 stacks more than 256 deltas")
        try chain(16, takenTimes: 2).validate()
        let wide = #expect(throws: FormatError.self) { try chain(40, takenTimes: 2).validate() }
        #expect(wide?.message == "entry 16 needs more than 65536 payloads to rebuild")
    }
}

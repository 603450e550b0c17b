import ModmetaDelta
import ModmetaFormats
import Testing

/// Hand-written payloads, one for each check of the decoder: raw length 8, base length 8.
@Suite struct HostilePayloadTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var says: String
        var bytes: [UInt8]
        var code: DeltaError.Code = .malformed
        var testDescription: String { name }
    }

    static let intro: [UInt8] = [0x6D, 0x6D, 0x70, 0x6C, 1]
    static let base: [UInt8] = [10, 20, 30, 40, 50, 60, 70, 80]
    static let longest: [UInt8] = [UInt8](repeating: 0xFF, count: 8) + [0x7F]

    /// A payload with the given triples, followed by the given runs.
    static func payload(
        triples: [[UInt8]], start: UInt8 = 0, count: UInt8? = nil, controlLength: UInt8? = nil, runs: [UInt8]
    ) -> [UInt8] {
        let control = triples.flatMap { $0 }
        let length = UInt8(control.count)
        return intro + [8, 8, count ?? UInt8(triples.count), start, controlLength ?? length, 0, length] + control + runs
    }

    static let whole: [UInt8] = [8, 0, 0]
    static let rawRun: [UInt8] = [0, 0, 8, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1]
    // A zstd frame of 8 zero bytes: single segment, content size 8, one RLE block.
    static let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 8, 0x43, 0, 0, 0]

    static func zstdRun(_ frame: [UInt8]) -> [UInt8] {
        payload(triples: [whole], runs: [0, 0, 8, 2, 8, UInt8(frame.count)] + frame)
    }

    static let cases: [Case] = [
        Case(name: "empty", says: "end within the magic", bytes: []),
        Case(name: "wrong magic", says: "the magic is missing", bytes: [0x6D, 0x6D, 0x70, 0x6D, 1] + [8, 8]),
        Case(
            name: "unknown version", says: "payload version 2 is unknown", bytes: [0x6D, 0x6D, 0x70, 0x6C, 2, 8, 8],
            code: .unsupportedVersion),
        Case(name: "other raw length", says: "its chunk's length of 8 bytes", bytes: intro + [9, 8, 1, 0, 3]),
        Case(name: "other base length", says: "its base's length of 8 bytes", bytes: intro + [8, 9, 1, 0, 3]),
        Case(
            name: "number of more than 63 bits", says: "exceeds 63 bits",
            bytes: intro + [UInt8](repeating: 0xFF, count: 10)),
        Case(
            name: "number not in its shortest form", says: "not in its shortest form",
            bytes: intro + [0x88, 0, 8, 1, 0, 3]),
        Case(
            name: "more triples than bytes", says: "9 control triples are too many",
            bytes: intro + [8, 8, 9, 0, 27, 1, 27, 0], code: .limitExceeded),
        Case(
            name: "control too short for its triples", says: "cannot hold 1 triples",
            bytes: payload(triples: [whole], controlLength: 2, runs: [])),
        Case(
            name: "control too long for its triples", says: "cannot hold 1 triples",
            bytes: intro + [8, 8, 1, 0, 28, 1, 28, 0]),
        Case(
            name: "start past the base", says: "starts past the end of the base",
            bytes: payload(triples: [[0, 8, 0]], start: 9, runs: rawRun)),
        Case(
            name: "triple without bytes", says: "makes no bytes",
            bytes: payload(triples: [[0, 0, 0], whole], runs: rawRun)),
        Case(
            name: "diff longer than the chunk", says: "makes more bytes than the chunk has",
            bytes: payload(triples: [[9, 0, 0]], runs: rawRun)),
        Case(
            name: "extra longer than the chunk", says: "makes more bytes than the chunk has",
            bytes: payload(triples: [[4, 5, 0]], runs: rawRun)),
        Case(
            name: "diff of 2^63 - 1 bytes", says: "makes more bytes than the chunk has",
            bytes: payload(triples: [longest + [0, 0]], runs: rawRun)),
        Case(
            name: "extra of 2^63 - 1 bytes", says: "makes more bytes than the chunk has",
            bytes: payload(triples: [[1] + longest + [0]], runs: rawRun)),
        Case(
            name: "base read past its end", says: "reads past the end of the base",
            bytes: payload(triples: [whole], start: 1, runs: rawRun)),
        Case(
            name: "seek before the base", says: "seeks outside the base",
            bytes: payload(triples: [[4, 0, 9], [4, 0, 0]], runs: rawRun)),
        Case(
            name: "seek past the base", says: "seeks outside the base",
            bytes: payload(triples: [[4, 0, 10], [4, 0, 0]], runs: rawRun)),
        Case(
            name: "seek by 2^62", says: "seeks outside the base",
            bytes: payload(triples: [[4, 0] + longest, [4, 0, 0]], runs: rawRun)),
        Case(
            name: "last seek past the base", says: "seeks outside the base",
            bytes: payload(triples: [[8, 0, 2]], runs: rawRun)),
        Case(
            name: "triples make too few bytes", says: "make 1 bytes fewer",
            bytes: payload(triples: [[7, 0, 0]], runs: rawRun)),
        Case(
            name: "bytes after the last triple", says: "bytes follow the last control triple",
            bytes: payload(triples: [whole, [0]], count: 1, runs: rawRun)),
        Case(
            name: "unknown element", says: "element kind 40 is unknown; it needs modmeta 0.2 or later",
            bytes: payload(triples: [whole], runs: [40] + rawRun.dropFirst()),
            code: .unsupportedVersion),
        Case(
            name: "unknown filter of this version", says: "filter 14 is unknown; it needs a later modmeta 0.1",
            bytes: payload(triples: [whole], runs: [0, 14] + rawRun.dropFirst(2)),
            code: .unsupportedVersion),
        Case(
            name: "unknown filter", says: "filter 21 is unknown; it needs modmeta 0.2 or later",
            bytes: payload(triples: [whole], runs: [0, 21] + rawRun.dropFirst(2)),
            code: .unsupportedVersion),
        Case(
            name: "planes of bytes", says: "filter 1 does not apply",
            bytes: payload(triples: [whole], runs: [0, 1] + rawRun.dropFirst(2))),
        Case(
            name: "filter code that is reserved for good", says: "filter 2 is unknown",
            bytes: payload(triples: [whole], runs: [4, 2] + rawRun.dropFirst(2)),
            code: .unsupportedVersion),
        Case(
            name: "run of no bytes", says: "a run of 0 bytes",
            bytes: payload(triples: [whole], runs: [0, 0, 0] + rawRun)),
        Case(
            name: "run longer than its block", says: "a run of 9 bytes",
            bytes: payload(triples: [whole], runs: [0, 0, 9, 1, 9, 0])),
        Case(
            name: "run with half a word", says: "not a whole number of 2-byte words",
            bytes: payload(triples: [whole], runs: [4, 1, 7, 1, 7, 0])),
        Case(
            name: "unknown stream block", says: "method 3 is unknown",
            bytes: payload(triples: [whole], runs: [0, 0, 8, 3, 8, 0]),
            code: .unsupportedVersion),
        Case(
            name: "stream block of no bytes", says: "stream block of 0 bytes",
            bytes: payload(triples: [whole], runs: [0, 0, 8, 1, 0, 0])),
        Case(
            name: "stream block too long", says: "stream block of 9 bytes",
            bytes: payload(triples: [whole], runs: [0, 0, 8, 1, 9, 0])),
        Case(
            name: "raw block cut short", says: "end within a raw stream block",
            bytes: payload(triples: [whole], runs: rawRun.dropLast())),
        Case(
            name: "constant block cut short", says: "end within a constant stream block",
            bytes: payload(triples: [whole], runs: [0, 0, 8, 1, 8])),
        Case(
            name: "zstd block past the end", says: "end within a zstd block",
            bytes: payload(triples: [whole], runs: [0, 0, 8, 2, 8, 11] + frame)),
        Case(
            name: "zstd block without a frame", says: "does not start with a zstd frame",
            bytes: zstdRun([1, 2, 3, 4, 5, 6, 7, 8])),
        Case(
            name: "zstd frame of other size", says: "does not declare the 8 bytes",
            bytes: zstdRun([0x28, 0xB5, 0x2F, 0xFD, 0x20, 9, 0x4B, 0, 0, 0])),
        Case(
            name: "zstd frame of unknown size", says: "does not declare the 8 bytes",
            bytes: zstdRun([0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0x43, 0, 0, 0])),
        Case(
            name: "zstd window of 2 GiB", says: "window larger than a chunk",
            bytes: zstdRun([0x28, 0xB5, 0x2F, 0xFD, 0, 21 << 3, 0x43, 0, 0, 0]),
            code: .limitExceeded),
        Case(name: "two zstd frames", says: "not exactly one frame", bytes: zstdRun(frame + frame)),
        Case(name: "bytes after the zstd frame", says: "not exactly one frame", bytes: zstdRun(frame + [0])),
        Case(
            name: "zstd frame makes too few bytes", says: "could not be decompressed",
            bytes: zstdRun([0x28, 0xB5, 0x2F, 0xFD, 0x20, 8, 0x3B, 0, 0, 0])),
        Case(
            name: "bytes after the payload", says: "bytes follow the end of the payload",
            bytes: payload(triples: [whole], runs: rawRun + [0])),
    ]

    @Test(arguments: cases) func isRefused(_ hostile: Case) throws {
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded(hostile.bytes, .delta, base: HostilePayloadTests.base, count: 8)
        }
        #expect(error?.code == hostile.code)
        #expect(error?.message.contains(hostile.says) == true, "\(error.map(String.init(describing:)) ?? "no error")")
    }

    /// The well-formed payloads behind the cases decode, so each case is refused for its own fault.
    @Test func theirModelsAreAccepted() throws {
        let codec = ChunkCodec()
        let raw = HostilePayloadTests.payload(triples: [HostilePayloadTests.whole], runs: HostilePayloadTests.rawRun)
        #expect(
            try codec.decoded(raw, .delta, base: HostilePayloadTests.base, count: 8)
                == HostilePayloadTests.base.map { $0 + 1 })
        let zstd = HostilePayloadTests.zstdRun(HostilePayloadTests.frame)
        #expect(
            try codec.decoded(zstd, .delta, base: HostilePayloadTests.base, count: 8) == HostilePayloadTests.base)
        let seeks = HostilePayloadTests.payload(triples: [[4, 0, 7], [4, 0, 0]], runs: HostilePayloadTests.rawRun)
        #expect(
            try codec.decoded(seeks, .delta, base: HostilePayloadTests.base, count: 8)
                == [11, 21, 31, 41, 11, 21, 31, 41])
    }

    @Test func payloadWithoutBaseRefusesOne() throws {
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded([], .full, base: [1], count: 1)
        }
        #expect(error?.code == .malformed)
    }

    @Test func rawPayloadOfOtherLengthIsRefused() throws {
        let error = #expect(throws: DeltaError.self) { try ChunkCodec().decoded([1, 2], .raw, count: 3) }
        #expect(error?.code == .malformed)
    }

    @Test func oversizedChunkIsRefused() throws {
        let error = #expect(throws: DeltaError.self) {
            try ChunkCodec().decoded([], .full, count: ChunkLimits.maximum + 1)
        }
        #expect(error?.code == .limitExceeded)
    }
}

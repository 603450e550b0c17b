import ModmetaFormats

/// Patches in the format of Colin Percival's bsdiff 4, which stock `bspatch` applies; see docs/formats/delta.md.
///
/// Memory is bounded for files of any size, except for the control triples.
public enum Bsdiff40 {
    /// The two passes over the new file that make a patch; the second compresses and takes longer.
    public enum Pass: Sendable {
        case comparing
        case writing
    }

    /// The magic: "BSDIFF40".
    static let magic = Array("BSDIFF40".utf8)
    /// Bytes of the header: magic, length of the compressed control, length of the compressed diff, size of the new
    /// file.
    static let headerLength = 32
    /// The longest diff or extra in one triple, in bytes; `bspatch` keeps these lengths in C integers.
    static let maximumStep = 1 << 30

    /// Writes the patch that turns the file `old` into the file `new`.
    ///
    /// - Parameter progress: receives the pass, and the bytes of the new file read so far and in total.
    /// - Throws: `fileSystem` if a file cannot be read or written, `malformed` if the plan does not cover the new file.
    public static func create(
        old oldPath: String, new newPath: String, plan: PatchPlan, output: String,
        progress: (_ pass: Pass, _ done: UInt64, _ total: UInt64) -> Void = { _, _, _ in }
    ) throws(DeltaError) {
        let old = try InputFile(path: oldPath)
        let new = try InputFile(path: newPath)
        let chunkMemory = ScratchBuffer()
        let baseMemory = ScratchBuffer()
        let matcher = SuffixMatcher()
        var control = BsdiffControl()
        for chunk in plan.chunks {
            guard chunk.range.lowerBound == control.length, chunk.range.upperBound <= new.size else {
                throw DeltaError(.malformed, "the planned chunks do not cover \(newPath) in order")
            }
            let raw = try new.chunk(chunk.range, in: chunkMemory)
            let base = try old.base(chunk.base, in: baseMemory)
            let delta = try DeltaPlan(raw, base: base, pieces: chunk.pieces, matcher: matcher)
            control.append(delta.control, base: chunk.base)
            progress(.comparing, UInt64(control.length), UInt64(new.size))
        }
        try write(control, old: old, new: new, output: output) { written in
            progress(.writing, UInt64(written), UInt64(new.size))
        }
    }

    /// Converts a modmeta patch to BSDIFF40.
    ///
    /// - Parameters:
    ///   - patch: a patch made by `PatchFile.create`.
    ///   - old: the file that the patch applies to.
    ///   - new: the file that the patch makes.
    ///   - output: the path of the BSDIFF40 patch.
    /// - Throws: `fileSystem` if a file cannot be read or written, `malformed` if the patch does not match the files.
    public static func export(
        patch: String, old oldPath: String, new newPath: String, output: String
    ) throws(DeltaError) {
        let old = try InputFile(path: oldPath)
        let new = try InputFile(path: newPath)
        var reader = try PatchReader(path: patch)
        let summary = reader.summary
        guard old.size == summary.oldSize, try old.digest() == summary.oldDigest else {
            throw DeltaError(.malformed, "\(oldPath) is not the file that \(patch) was made from")
        }
        guard new.size == summary.newSize, try new.digest() == summary.newDigest else {
            throw DeltaError(.malformed, "\(newPath) is not the file that \(patch) makes")
        }
        let streams = StreamDecoder()
        var control = BsdiffControl()
        while let (record, payload) = try reader.next() {
            guard record.encoding != .raw else {
                control.appendExtra(record.rawLength)
                continue
            }
            var fields = PayloadReader(payload)
            let header = try PayloadHeader(
                parsing: &fields, rawLength: record.rawLength,
                baseLength: record.base.reduce(0) { $0 + $1.count }, streams: streams)
            control.append(header.control, base: record.base)
        }
        try write(control, old: old, new: new, output: output)
    }

    /// Converts one stored delta to BSDIFF40.
    ///
    /// - Parameters:
    ///   - payload: the payload of a chunk, encoded against a base or without one.
    ///   - old: a file that holds the bytes of the base.
    ///   - new: a file that holds the raw bytes of the chunk.
    ///   - output: the path of the BSDIFF40 patch.
    /// - Throws: `fileSystem` if a file cannot be read or written, `malformed` if the payload does not match the files.
    public static func export(
        payload: UnsafeRawBufferPointer, old oldPath: String, new newPath: String, output: String
    ) throws(DeltaError) {
        let old = try InputFile(path: oldPath)
        let new = try InputFile(path: newPath)
        var fields = PayloadReader(payload)
        let header = try PayloadHeader(
            parsing: &fields, rawLength: new.size, baseLength: old.size, streams: StreamDecoder())
        try write(header.control, old: old, new: new, output: output)
    }

    private static func write(
        _ control: BsdiffControl, old: InputFile, new: InputFile, output: String,
        progress: (Int) -> Void = { _ in }
    ) throws(DeltaError) {
        guard control.length == new.size else {
            throw DeltaError(.malformed, "the planned chunks end before \(new.path) does", offset: control.length)
        }
        try Bsdiff40Writer(old: old, new: new, output: try OutputFile(path: output)).write(control, progress: progress)
    }
}

extension BsdiffControl {
    /// The bytes that the triples make.
    var length: Int { diffLength + extraLength }

    /// Appends the control of a chunk whose base consists of ranges of a file.
    fileprivate mutating func append(_ chunk: BsdiffControl, base: [Range<Int>]) {
        var starts: [Int] = []
        var total = 0
        for range in base {
            starts.append(total)
            total += range.count
        }
        chunk.forEach { triple, from, _ in
            // The last range that starts at or before the triple's position in the base.
            var run = max(0, starts.partitioningIndex { $0 > from } - 1)
            var position = from
            let end = from + triple.diff
            while position < end {
                let skipped = position - starts[run]
                let part = min(end - position, base[run].count - skipped)
                appendDiff(part, base: base[run].lowerBound + skipped)
                position += part
                run += 1
            }
            appendExtra(triple.extra)
        }
    }
}

extension [Int] {
    /// The first index that satisfies a condition, which all later elements satisfy too; `count` if none does.
    fileprivate func partitioningIndex(where condition: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

internal import ModmetaFormats

extension InputFile {
    /// Reads a range of the file, at most `ChunkLimits.maximum` bytes.
    func chunk(_ range: Range<Int>, in memory: ScratchBuffer) throws(DeltaError) -> UnsafeRawBufferPointer {
        try InputFile.checkLength(range)
        let bytes = memory.reserve(range.count)
        try read(at: range.lowerBound, into: bytes)
        return UnsafeRawBufferPointer(bytes)
    }

    /// Reads a range of the file, at most `ChunkLimits.maximum` bytes, into a new array.
    func chunk(_ range: Range<Int>) throws(DeltaError) -> [UInt8] {
        try InputFile.checkLength(range)
        return try [UInt8](count: range.count) { bytes throws(DeltaError) in try read(at: range.lowerBound, into: bytes)
        }
    }

    private static func checkLength(_ chunk: Range<Int>) throws(DeltaError) {
        guard chunk.count <= ChunkLimits.maximum else {
            throw DeltaError(.limitExceeded, "a chunk of \(chunk.count) bytes exceeds the size limit")
        }
    }

    /// Reads ranges of the file, concatenated; at most `PayloadFormat.maximumBase` bytes.
    func base(_ ranges: [Range<Int>], in memory: ScratchBuffer) throws(DeltaError) -> UnsafeRawBufferPointer {
        var count = 0
        for range in ranges {
            guard range.lowerBound >= 0, range.upperBound <= size else {
                throw DeltaError(.malformed, "a base extends past the end of \(path)", offset: range.upperBound)
            }
            guard range.count <= PayloadFormat.maximumBase - count else {
                throw DeltaError(.limitExceeded, "a base exceeds the size limit", offset: range.lowerBound)
            }
            count += range.count
        }
        let bytes = memory.reserve(count)
        var done = 0
        for range in ranges {
            try read(
                at: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: bytes[done..<done + range.count]))
            done += range.count
        }
        return UnsafeRawBufferPointer(bytes)
    }
}

extension [UInt8] {
    /// Creates an array that a function fills; it must write every byte.
    init(
        count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(DeltaError) -> Void
    ) throws(DeltaError) {
        var failure: DeltaError?
        self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(DeltaError) {
                try fill(UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}

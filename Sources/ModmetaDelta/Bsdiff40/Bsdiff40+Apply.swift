extension Bsdiff40 {
    /// Applies an untrusted BSDIFF40 patch, from any tool, to an old file.
    ///
    /// The format has no checksum: applied to the wrong file, a patch makes a wrong file without an error.
    ///
    /// - Parameters:
    ///   - patch: the patch.
    ///   - old: the file that the patch applies to.
    ///   - output: the path of the new file, which appears only when it is complete.
    ///   - maximumSize: the largest new file to accept, in bytes.
    ///   - progress: receives the bytes of the new file made so far and in total.
    /// - Throws: `malformed` or `limitExceeded` if the patch breaks a rule of the format, `fileSystem` if a file cannot
    ///   be read or written.
    public static func apply(
        patch patchPath: String, old oldPath: String, output: String, maximumSize: Int = .max,
        progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(DeltaError) {
        let old = try InputFile(path: oldPath)
        let patch = try InputFile(path: patchPath)
        let (controlEnd, diffEnd, newSize) = try readHeader(patch)
        guard newSize <= maximumSize else {
            throw DeltaError(
                .limitExceeded, "\(patchPath) declares \(newSize) bytes; the limit is \(maximumSize)", offset: 24)
        }
        let control = try Bzip2Decompressor(patch, range: headerLength..<controlEnd)
        let diff = try Bzip2Decompressor(patch, range: controlEnd..<diffEnd)
        let extra = try Bzip2Decompressor(patch, range: diffEnd..<patch.size)
        let file = try OutputFile(path: output)
        let memory = ScratchBuffer()
        let oldMemory = ScratchBuffer()
        var base = 0
        var wasEmpty = false
        while file.count < newSize {
            let (diffLength, extraLength, seek) = try readTriple(control)
            // bsdiff writes one empty triple if the file starts with a match; a series of them would never end.
            let isEmpty = diffLength == 0 && extraLength == 0
            guard !(isEmpty && wasEmpty) else { throw DeltaError(.malformed, "control triples make no bytes") }
            wasEmpty = isEmpty
            let left = newSize - file.count
            guard diffLength >= 0, extraLength >= 0, diffLength <= left, extraLength <= left - diffLength else {
                throw DeltaError(
                    .malformed, "a control triple makes more bytes than the new file has", offset: headerLength)
            }
            guard diffLength == 0 || (base >= 0 && base <= old.size && diffLength <= old.size - base) else {
                throw DeltaError(
                    .malformed, "a control triple reads past the end of the old file", offset: headerLength)
            }
            try copy(diffLength) { count throws(DeltaError) in
                let bytes = memory.reserve(count)
                let under = oldMemory.reserve(count)
                try diff.read(into: bytes, "the diff block")
                try old.read(at: base, into: under)
                WordDifference.addBytes(bytes, base: UnsafeRawBufferPointer(under))
                try file.append(UnsafeRawBufferPointer(bytes))
                progress(UInt64(file.count), UInt64(newSize))
                base += count
            }
            try copy(extraLength) { count throws(DeltaError) in
                let bytes = memory.reserve(count)
                try extra.read(into: bytes, "the extra block")
                try file.append(UnsafeRawBufferPointer(bytes))
                progress(UInt64(file.count), UInt64(newSize))
            }
            let (next, overflow) = base.addingReportingOverflow(seek)
            guard !overflow else {
                throw DeltaError(.malformed, "a control triple seeks outside the old file", offset: headerLength)
            }
            base = next
        }
        try control.finish("the control block")
        try diff.finish("the diff block")
        try extra.finish("the extra block")
        try file.commit()
    }

    /// Returns the end of the control block, the end of the diff block and the size of the new file, in bytes.
    private static func readHeader(_ patch: InputFile) throws(DeltaError) -> (Int, Int, Int) {
        guard patch.size >= headerLength else {
            throw DeltaError(.malformed, "\(patch.path) is too short for a BSDIFF40 patch")
        }
        let memory = ScratchBuffer()
        let bytes = memory.reserve(headerLength)
        try patch.read(at: 0, into: bytes)
        guard bytes.prefix(8).elementsEqual(magic) else {
            throw DeltaError(.malformed, "\(patch.path) is not a BSDIFF40 patch: the magic is missing")
        }
        let controlLength = try number(bytes, at: 8)
        let diffLength = try number(bytes, at: 16)
        let newSize = try number(bytes, at: 24)
        guard controlLength >= 0, diffLength >= 0, newSize >= 0 else {
            throw DeltaError(.malformed, "\(patch.path) declares a negative length", offset: 8)
        }
        let room = patch.size - headerLength
        guard controlLength <= room, diffLength <= room - controlLength else {
            throw DeltaError(.malformed, "\(patch.path) ends before the blocks it declares", offset: patch.size)
        }
        return (headerLength + controlLength, headerLength + controlLength + diffLength, newSize)
    }

    private static func readTriple(_ control: Bzip2Decompressor) throws(DeltaError) -> (Int, Int, Int) {
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        return try withUnsafeMutableBytes(of: &words) { bytes throws(DeltaError) in
            try control.read(into: bytes, "the control block")
            return (try number(bytes, at: 0), try number(bytes, at: 8), try number(bytes, at: 16))
        }
    }

    /// Reads a 63-bit magnitude with a sign bit, little-endian.
    private static func number(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(DeltaError) -> Int {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let magnitude = Int(word & .max >> 1)
        return word >> 63 == 0 ? magnitude : -magnitude
    }

    /// Splits a length into parts of at most 1 MiB and calls `body` for each.
    private static func copy(
        _ length: Int, _ body: (Int) throws(DeltaError) -> Void
    ) throws(DeltaError) {
        var left = length
        while left > 0 {
            let count = min(left, 1 << 20)
            try body(count)
            left -= count
        }
    }
}

/// Writes one BSDIFF40 patch: control, differences and extra bytes, each as a bzip2 stream.
struct Bsdiff40Writer {
    private static let part = 1 << 20

    let old: InputFile
    let new: InputFile
    let output: OutputFile

    /// Writes the patch and commits the file.
    ///
    /// - Parameter progress: receives the bytes of the new file read so far.
    func write(_ control: BsdiffControl, progress: (Int) -> Void = { _ in }) throws(DeltaError) {
        var done = 0
        func read(_ count: Int) {
            done += count
            progress(done)
        }
        try output.append([UInt8](repeating: 0, count: Bsdiff40.headerLength))
        try writeControl(control)
        let controlLength = output.count - Bsdiff40.headerLength
        try writeDifferences(control, read)
        let diffLength = output.count - controlLength - Bsdiff40.headerLength
        try writeExtra(control, read)
        var header = Bsdiff40.magic
        header.append(littleEndian: Int64(controlLength))
        header.append(littleEndian: Int64(diffLength))
        header.append(littleEndian: Int64(new.size))
        try output.overwrite(header, at: 0)
        try output.commit()
    }

    private func writeControl(_ control: BsdiffControl) throws(DeltaError) {
        let compressor = try Bzip2Compressor()
        func append(_ diff: Int, _ extra: Int, _ seek: Int) throws(DeltaError) {
            var bytes: [UInt8] = []
            for value in [diff, extra, seek] {
                bytes.append(littleEndian: value < 0 ? UInt64(value.magnitude) | 1 << 63 : UInt64(value))
            }
            try bytes.span.bytes.withUnsafeBytes { bytes throws(DeltaError) in
                try compressor.append(bytes, to: output)
            }
        }
        // The format has no start field, so an empty triple seeks to the start.
        if control.start > 0 { try append(0, 0, control.start) }
        for triple in control.triples {
            var (diff, extra) = (triple.diff, triple.extra)
            while diff > Bsdiff40.maximumStep {
                try append(Bsdiff40.maximumStep, 0, 0)
                diff -= Bsdiff40.maximumStep
            }
            while extra > Bsdiff40.maximumStep {
                try append(diff, Bsdiff40.maximumStep, 0)
                diff = 0
                extra -= Bsdiff40.maximumStep
            }
            try append(diff, extra, triple.seek)
        }
        try compressor.finish(to: output)
    }

    private func writeDifferences(_ control: BsdiffControl, _ progress: (Int) -> Void) throws(DeltaError) {
        let compressor = try Bzip2Compressor()
        let newMemory = ScratchBuffer()
        let oldMemory = ScratchBuffer()
        try control.forEach { triple, base, start throws(DeltaError) in
            var done = 0
            while done < triple.diff {
                let count = min(Bsdiff40Writer.part, triple.diff - done)
                let bytes = newMemory.reserve(count)
                let under = oldMemory.reserve(count)
                try new.read(at: start + done, into: bytes)
                try old.read(at: base + done, into: under)
                WordDifference.subtractBytes(
                    UnsafeRawBufferPointer(bytes), base: UnsafeRawBufferPointer(under), into: bytes)
                try compressor.append(UnsafeRawBufferPointer(bytes), to: output)
                done += count
                progress(count)
            }
        }
        try compressor.finish(to: output)
    }

    private func writeExtra(_ control: BsdiffControl, _ progress: (Int) -> Void) throws(DeltaError) {
        let compressor = try Bzip2Compressor()
        let memory = ScratchBuffer()
        try control.forEach { triple, _, start throws(DeltaError) in
            var done = 0
            while done < triple.extra {
                let bytes = memory.reserve(min(Bsdiff40Writer.part, triple.extra - done))
                try new.read(at: start + triple.diff + done, into: bytes)
                try compressor.append(UnsafeRawBufferPointer(bytes), to: output)
                done += bytes.count
                progress(bytes.count)
            }
        }
        try compressor.finish(to: output)
    }
}

import ModmetaFormats

extension ChunkCodec {
    /// Writes the header and all runs of a chunk.
    func encode(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, plan: DeltaPlan
    ) throws(DeltaError) -> [UInt8] {
        var output: [UInt8] = []
        // Room for the worst case: memory that is not written to costs nothing, a copy to a larger place does.
        output.reserveCapacity(new.count + new.count / 64 + 4096)
        let header = PayloadHeader(rawLength: new.count, baseLength: base.count, control: plan.control)
        try header.append(to: &output, streams: streamEncoder)
        let (diff, diffBase, extra) = gather(new, base: base, control: plan.control)
        var start = 0
        for run in plan.diffRuns.runs {
            let range = start..<start + run.length
            try append(
                run, UnsafeRawBufferPointer(rebasing: diff[range]),
                base: UnsafeRawBufferPointer(rebasing: diffBase[range]), to: &output)
            start = range.upperBound
        }
        start = 0
        for run in plan.extraRuns.runs {
            let range = start..<start + run.length
            try append(run, UnsafeRawBufferPointer(rebasing: extra[range]), base: nil, to: &output)
            start = range.upperBound
        }
        return output
    }

    /// The new bytes of the diff block, the base bytes under them, and the extra block, each in one piece.
    private func gather(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, control: BsdiffControl
    ) -> (diff: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, extra: UnsafeRawBufferPointer) {
        let count = control.diffLength
        if control.triples.count == 1 {
            return (
                UnsafeRawBufferPointer(rebasing: new[0..<count]),
                UnsafeRawBufferPointer(rebasing: base[control.start..<control.start + count]),
                UnsafeRawBufferPointer(rebasing: new[count...])
            )
        }
        let memory = blocks.reserve(new.count)
        let reference = gatheredBase.reserve(count)
        var diffEnd = 0
        var extraEnd = count
        control.forEach { triple, from, output in
            let middle = output + triple.diff
            UnsafeMutableRawBufferPointer(rebasing: memory[diffEnd...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: new[output..<middle]))
            UnsafeMutableRawBufferPointer(rebasing: reference[diffEnd...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: base[from..<from + triple.diff]))
            UnsafeMutableRawBufferPointer(rebasing: memory[extraEnd...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: new[middle..<middle + triple.extra]))
            diffEnd += triple.diff
            extraEnd += triple.extra
        }
        return (
            UnsafeRawBufferPointer(rebasing: memory[0..<count]), UnsafeRawBufferPointer(reference),
            UnsafeRawBufferPointer(rebasing: memory[count...])
        )
    }

    /// Writes one run in the filter that is smallest, as far as can be told cheaply.
    private func append(
        _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, to output: inout [UInt8]
    ) throws(DeltaError) {
        if let base, new.equals(base) {
            return try append(run, .plain, new, base: base, to: &output)
        }
        guard run.element.width > 1 else { return try append(run, .plain, new, base: base, to: &output) }
        if let base, run.element.exponentField != nil, try appendScaled(run, new, base: base, to: &output) { return }
        if base == nil, run.element.exponentField != nil, try prefersLevels(run, new) {
            output.append(run.element.rawValue)
            output.append(RunFilter.levelled.rawValue)
            output.append(number: run.length)
            return try levelledCoder.append(
                new, element: run.element, parts: run.parts, streams: streamEncoder, to: &output)
        }
        if run.element.isFloat { return try append(run, .planes, new, base: base, to: &output) }
        // Integers are indices and tables as often as weights: both ways are tried.
        let start = output.count
        try append(run, .plain, new, base: base, to: &output)
        let middle = output.count
        try append(run, .planes, new, base: base, to: &output)
        if output.count - middle < middle - start {
            output.removeSubrange(start..<middle)
        } else {
            output.removeSubrange(middle...)
        }
    }

    /// Whether a stretch from the middle of a run is smaller in the filter `levelled` than in `planes`.
    private func prefersLevels(_ run: CodedRun, _ new: UnsafeRawBufferPointer) throws(DeltaError) -> Bool {
        let width = run.element.width
        let words = min(run.length / width, ChunkCodec.sampledWords)
        let start = (run.length / width - words) / 2 * width
        let sample = UnsafeRawBufferPointer(rebasing: new[start..<start + words * width])
        let row = run.parts.reduce(Level.longestRow) { min($0, $1.row) }
        let levelled = levelledCoder.estimate(
            sample, element: run.element, parts: [RunPart(words: words, row: min(row, words))])
        var planes: [UInt8] = []
        let part = CodedRun(length: sample.count, element: run.element, parts: [])
        try append(part, .planes, sample, base: nil, to: &planes)
        return levelled < planes.count
    }

    /// Writes a run in the filter `scaled` where that is smaller than the others can be expected to be.
    private func appendScaled(
        _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, to output: inout [UInt8]
    ) throws(DeltaError) -> Bool {
        let start = output.count
        output.append(run.element.rawValue)
        output.append(RunFilter.scaled.rawValue)
        output.append(number: run.length)
        let isAppended = try scaledCoder.append(
            new, base: base, element: run.element, parts: run.parts, limit: run.length / 16 * 15,
            streams: streamEncoder, to: &output)
        if !isAppended { output.removeSubrange(start...) }
        return isAppended
    }

    private func append(
        _ run: CodedRun, _ filter: RunFilter, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?,
        to output: inout [UInt8]
    ) throws(DeltaError) {
        output.append(run.element.rawValue)
        output.append(filter.rawValue)
        output.append(number: run.length)
        if filter == .plain {
            guard let base else { return try streamEncoder.append(new, texture: .bytes, to: &output) }
            let difference = planes.reserve(run.length)
            WordDifference.subtractBytes(new, base: base, into: difference)
            return try streamEncoder.append(UnsafeRawBufferPointer(difference), texture: .bytes, to: &output)
        }
        let memory = planes.reserve(run.length)
        transform.split(new, base: base, element: run.element, planes: memory)
        let count = run.length / run.element.width
        for plane in 0..<run.element.width {
            let stream = UnsafeRawBufferPointer(rebasing: memory[plane * count..<(plane + 1) * count])
            try streamEncoder.append(stream, texture: .plane, to: &output)
        }
    }
}

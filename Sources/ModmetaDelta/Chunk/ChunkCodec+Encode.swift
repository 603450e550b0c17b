import ModmetaFormats

extension ChunkCodec {
    /// Writes the header and all runs of a chunk.
    func encode(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, plan: DeltaPlan
    ) throws(DeltaError) -> [UInt8] {
        var output: [UInt8] = []
        // Reserve for the worst case: untouched memory costs nothing, but growing copies.
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

    /// Collects the new bytes of the diff block, the base bytes they are compared with, and the extra block, each
    /// contiguously.
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
}

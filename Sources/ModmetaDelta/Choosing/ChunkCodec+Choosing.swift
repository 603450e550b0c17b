import ModmetaFormats

extension ChunkCodec {
    /// Writes one run in the smallest form that can be found cheaply.
    func append(
        _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, to output: inout [UInt8]
    ) throws(DeltaError) {
        if effort.writesAllForms {
            return try appendSmallest(
                of: RunForm.all(run.element, hasBase: base != nil), run, new, base: base, to: &output)
        }
        if run.element == .byte || base.map({ new.equals($0) }) == true {
            _ = try append(run, as: .plain(.bytes), new, base: base, to: &output)
            return
        }
        if !run.element.fields.isEmpty {
            let start = output.count
            _ = try append(run, as: .blocks, new, base: base, to: &output)
            return try improve(start, run, new, base: base, to: &output)
        }
        for element in NarrowFloat.candidates(for: run.element)
        where try append(run, as: .narrowed(element), new, base: base, to: &output) { return }
        let stepped = base == nil ? [] : RunForm.stepped(run.element)
        let general = RunForm.general(run.element)
        let modelled = base == nil && run.element.hasLevels ? [.levelled] : stepped
        if modelled.isEmpty, general.count == 1 {
            _ = try append(run, as: general[0], new, base: base, to: &output)
            return
        }
        try append(run, new, base: base, general: general, modelled: modelled, to: &output)
    }

    /// Writes each of the given forms and keeps the smallest.
    private func appendSmallest(
        of forms: [RunForm], _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?,
        to output: inout [UInt8]
    ) throws(DeltaError) {
        let start = output.count
        var best = 0
        for form in forms {
            let middle = output.count
            guard try append(run, as: form, new, base: base, to: &output) else { continue }
            if best == 0 || output.count - middle < best {
                best = output.count - middle
                output.removeSubrange(start..<middle)
            } else {
                output.removeSubrange(middle...)
            }
        }
    }

    /// Tries forms on a sample and writes the run in the best one.
    ///
    /// On a sample, modelled forms look larger than they are because of their tables, and adaptive forms because they
    /// have had little to adapt to. So every form that comes close to the best is written in full.
    private func append(
        _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, general: [RunForm],
        modelled: [RunForm], to output: inout [UInt8]
    ) throws(DeltaError) {
        let sample = RunSample(run, new, base: base, in: self.sample, baseSample)
        if sample.factor == 1 {
            return try appendSmallest(of: general + modelled, run, new, base: base, to: &output)
        }
        let plain = try sizes(of: general, sample)
        let least = plain.map(\.count).min() ?? run.length
        let expected = Int(Double(least) * sample.factor)
        // `close` always contains the smallest, even if the sample equals its base and takes only a few bytes.
        let close = plain.filter { $0.count * 20 <= least * 23 }.map(\.form)
        let start = output.count
        var model = modelled.first
        if modelled.count > 1 { model = try sizes(of: modelled, sample).min { $0.count < $1.count }?.form }
        guard let model, try append(run, as: model, new, base: base, limit: expected / 4 * 5, to: &output) else {
            try appendSmallest(of: close, run, new, base: base, to: &output)
            return try improve(start, run, new, base: base, to: &output)
        }
        let middle = output.count
        if middle - start > expected / 16 * 15 {
            try appendSmallest(of: close, run, new, base: base, to: &output)
            keepSmaller(start, middle, &output)
        }
        try improve(start, run, new, base: base, to: &output)
    }

    /// Stores a run as plain bytes if it is nearly free already and repetitions make it smaller still; this is cheap to
    /// try.
    private func improve(
        _ start: Int, _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?,
        to output: inout [UInt8]
    ) throws(DeltaError) {
        let middle = output.count
        guard middle - start < run.length / 64 else { return }
        _ = try append(run, as: .plain(.bytes), new, base: base, to: &output)
        keepSmaller(start, middle, &output)
    }

    /// Keeps the smaller of two encodings: `output[start..<middle]` or `output[middle...]`.
    private func keepSmaller(_ start: Int, _ middle: Int, _ output: inout [UInt8]) {
        if output.count - middle < middle - start {
            output.removeSubrange(start..<middle)
        } else {
            output.removeSubrange(middle...)
        }
    }

    private func sizes(
        of forms: [RunForm], _ sample: RunSample
    ) throws(DeltaError) -> [(form: RunForm, count: Int)] {
        var sizes: [(form: RunForm, count: Int)] = []
        for form in forms {
            var bytes: [UInt8] = []
            guard try append(sample.run, as: form, sample.new, base: sample.base, to: &bytes) else { continue }
            sizes.append((form, bytes.count))
        }
        return sizes
    }
}

import ModmetaFormats

/// Samples of a run, spread over its whole length, to try filters on.
struct RunSample {
    /// The samples, concatenated as a run.
    let run: CodedRun
    let new: UnsafeRawBufferPointer
    let base: UnsafeRawBufferPointer?
    /// The length of the run divided by the length of the sample; 1 if the sample is the whole run.
    let factor: Double

    /// The number of samples, and the bytes in each.
    private static let stretches = 16
    private static let length = 8 << 10

    /// Copies the samples, which start and end at word boundaries, and at row boundaries if rows are short.
    init(
        _ whole: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, in memory: ScratchBuffer,
        _ baseMemory: ScratchBuffer
    ) {
        let width = whole.element.width
        let rowBytes = max(1, (whole.parts.first?.row ?? 1) * width / whole.element.numbersPerWord)
        let unit = rowBytes.isMultiple(of: width) && rowBytes <= RunSample.length ? rowBytes : width
        let length = RunSample.length / unit * unit
        guard whole.length > 2 * RunSample.stretches * RunSample.length, length > 0 else {
            (run, self.new, self.base, factor) = (whole, new, base, 1)
            return
        }
        let total = length * RunSample.stretches
        let target = memory.reserve(total)
        let baseTarget = base.map { _ in baseMemory.reserve(total) }
        for index in 0..<RunSample.stretches {
            let start = (whole.length - length) / (RunSample.stretches - 1) * index / unit * unit
            let place = index * length
            UnsafeMutableRawBufferPointer(rebasing: target[place..<place + length]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: new[start..<start + length]))
            if let base, let baseTarget {
                UnsafeMutableRawBufferPointer(rebasing: baseTarget[place..<place + length]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: base[start..<start + length]))
            }
        }
        let words = total / width * whole.element.numbersPerWord
        let row = min(words, unit == rowBytes ? whole.parts.first?.row ?? words : length / width)
        run = CodedRun(length: total, element: whole.element, parts: [RunPart(words: words, row: max(1, row))])
        self.new = UnsafeRawBufferPointer(target)
        self.base = baseTarget.map { UnsafeRawBufferPointer($0) }
        factor = Double(whole.length) / Double(total)
    }
}

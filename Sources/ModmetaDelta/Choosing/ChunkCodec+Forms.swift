import ModmetaFormats

extension ChunkCodec {
    /// Writes a run in one form.
    ///
    /// - Parameter limit: the bytes from which on a form may be abandoned.
    /// - Returns: whether the run was written; if not, the output is as it was.
    func append(
        _ run: CodedRun, as form: RunForm, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?,
        limit: Int = .max, to output: inout [UInt8]
    ) throws(DeltaError) -> Bool {
        let start = output.count
        var isWritten = true
        switch form {
        case .plain(let texture):
            appendHead(run, .plain, to: &output)
            guard let base else {
                try streamEncoder.append(new, texture: texture, to: &output)
                break
            }
            let difference = planes.reserve(run.length)
            WordDifference.subtractBytes(new, base: base, into: difference)
            try streamEncoder.append(UnsafeRawBufferPointer(difference), texture: texture, to: &output)
        case .planes:
            appendHead(run, .planes, to: &output)
            let memory = planes.reserve(run.length)
            transform.split(new, base: base, element: run.element, planes: memory)
            let count = run.length / run.element.width
            for plane in 0..<run.element.width {
                let stream = UnsafeRawBufferPointer(rebasing: memory[plane * count..<(plane + 1) * count])
                try streamEncoder.append(stream, texture: .plane, to: &output)
            }
        case .scaled(let element, let hasDirections):
            guard let base else { return false }
            let reinterpreted = run.element == element ? run : run.reinterpreted(as: element)
            appendHead(reinterpreted, .scaled, to: &output)
            isWritten = try scaledCoder.append(
                new, base: base, element: element, parts: reinterpreted.parts, limit: limit,
                allowsDirections: hasDirections, streams: streamEncoder, to: &output)
        case .levelled:
            appendHead(run, .levelled, to: &output)
            try levelledCoder.append(
                new, element: run.element, parts: run.parts, streams: streamEncoder, to: &output)
        case .blocks: try appendBlocks(run, new, base: base, to: &output)
        case .narrowed(let element): isWritten = try appendNarrowed(run, element, new, base: base, to: &output)
        }
        if !isWritten { output.removeSubrange(start...) }
        return isWritten
    }

    func appendHead(_ run: CodedRun, _ filter: RunFilter, to output: inout [UInt8]) {
        output.append(run.element.rawValue)
        output.append(filter.rawValue)
        output.append(number: run.length)
    }

    /// Writes the fields of blocks, one field after another.
    private func appendBlocks(
        _ run: CodedRun, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, to output: inout [UInt8]
    ) throws(DeltaError) {
        appendHead(run, .blocks, to: &output)
        let width = run.element.width
        var offset = 0
        for field in run.element.fields {
            let bytes = new.count / width * field.length
            let memory = BlockFields.gather(new, width: width, offset, field.length, in: fields.reserve(bytes))
            let under = base.map {
                BlockFields.gather($0, width: width, offset, field.length, in: baseFields.reserve(bytes))
            }
            var runs = CodedRuns(maximum: base == nil ? DeltaPlan.longestExtraRun : ChunkLimits.maximum)
            let numbers = field.length / field.element.width * field.element.numbersPerWord
            for part in run.parts {
                runs.append(part.words * field.length, element: field.element, row: part.row * numbers)
            }
            var start = 0
            for inner in runs.runs {
                let range = start..<start + inner.length
                try append(
                    inner, UnsafeRawBufferPointer(rebasing: memory[range]),
                    base: under.map { UnsafeRawBufferPointer(rebasing: $0[range]) }, to: &output)
                start = range.upperBound
            }
            offset += field.length
        }
    }

    /// Writes floats as a run of a narrower type, if that type can represent all of them.
    private func appendNarrowed(
        _ run: CodedRun, _ element: ElementKind, _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?,
        to output: inout [UInt8]
    ) throws(DeltaError) -> Bool {
        let length = run.length / run.element.width * element.width
        let level = element.width == 2 ? 0 : 1
        let memory = narrowed[level].reserve(length)
        guard NarrowFloat.narrow(new, run.element, to: element, into: memory) else { return false }
        var under: UnsafeRawBufferPointer?
        if let base {
            let baseMemory = narrowedBase[level].reserve(length)
            guard NarrowFloat.narrow(base, run.element, to: element, into: baseMemory) else { return false }
            under = UnsafeRawBufferPointer(baseMemory)
        }
        appendHead(run, .narrowed, to: &output)
        let inner = CodedRun(length: length, element: element, parts: run.parts)
        try append(inner, UnsafeRawBufferPointer(memory), base: under, to: &output)
        return true
    }
}

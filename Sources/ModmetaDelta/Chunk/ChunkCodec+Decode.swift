internal import Glibc
public import ModmetaFormats

extension ChunkCodec {
    /// Decodes a payload into exactly `output.count` bytes.
    ///
    /// - Parameters:
    ///   - payload: untrusted bytes.
    ///   - encoding: how to read the payload; `raw` copies it.
    ///   - base: the base's bytes; empty for an encoding without a base.
    ///   - output: receives the raw bytes; its contents are undefined if an error is thrown.
    /// - Throws: `malformed`, `unsupportedVersion` or `limitExceeded` if the payload breaks a rule of the format.
    public func decode(
        _ payload: UnsafeRawBufferPointer, encoding: Manifest.Encoding, base: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        guard output.count <= ChunkLimits.maximum, base.count <= PayloadFormat.maximumBase else {
            throw DeltaError(.limitExceeded, "a chunk or its base exceeds the size limit")
        }
        guard encoding == .delta || base.isEmpty else {
            throw DeltaError(.malformed, "a base of \(base.count) bytes was passed for a payload without a base")
        }
        if encoding == .raw {
            guard payload.count == output.count else {
                throw DeltaError(
                    .malformed, "a raw payload has \(payload.count) bytes; expected \(output.count)")
            }
            return output.copyMemory(from: payload)
        }
        var reader = PayloadReader(payload)
        let header = try PayloadHeader(
            parsing: &reader, rawLength: output.count, baseLength: base.count, streams: streamDecoder)
        try decodeBlocks(&reader, control: header.control, base: base, output: output)
        guard reader.remaining == 0 else {
            throw DeltaError(.malformed, "bytes follow the end of the payload", offset: reader.offset)
        }
    }

    /// Proves that a payload decodes to the raw bytes it was made from.
    ///
    /// - Parameters:
    ///   - payload: the payload.
    ///   - encoding: how to read the payload.
    ///   - base: the base's bytes; empty for an encoding without a base.
    ///   - raw: the bytes it must decode to.
    /// - Throws: the errors of `decode`, and `malformed` if it decodes to other bytes.
    public func prove(
        _ payload: UnsafeRawBufferPointer, encoding: Manifest.Encoding, base: UnsafeRawBufferPointer,
        decodesTo raw: UnsafeRawBufferPointer
    ) throws(DeltaError) {
        let output = proof.reserve(raw.count)
        // Bytes left from an earlier proof must not pass for bytes that this payload never writes.
        output.initializeMemory(as: UInt8.self, repeating: 0x5A)
        try decode(payload, encoding: encoding, base: base, into: output)
        guard raw.isEmpty || memcmp(output.baseAddress!, raw.baseAddress!, raw.count) == 0 else {
            throw DeltaError(.malformed, "a payload just encoded does not decode to its chunk; please report this")
        }
    }

    /// Reads the runs of both blocks, directly into the output if one triple makes the whole chunk.
    private func decodeBlocks(
        _ reader: inout PayloadReader, control: BsdiffControl, base: UnsafeRawBufferPointer,
        output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        let count = control.diffLength
        if control.triples.count <= 1 {
            let under = UnsafeRawBufferPointer(rebasing: base[control.start..<control.start + count])
            try decodeRuns(&reader, base: under, into: UnsafeMutableRawBufferPointer(rebasing: output[0..<count]))
            return try decodeRuns(
                &reader, base: nil, into: UnsafeMutableRawBufferPointer(rebasing: output[count...]))
        }
        let reference = gatheredBase.reserve(count)
        var end = 0
        control.forEach { triple, from, _ in
            UnsafeMutableRawBufferPointer(rebasing: reference[end...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: base[from..<from + triple.diff]))
            end += triple.diff
        }
        let memory = blocks.reserve(output.count)
        let diff = UnsafeMutableRawBufferPointer(rebasing: memory[0..<count])
        let extra = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
        try decodeRuns(&reader, base: UnsafeRawBufferPointer(reference), into: diff)
        try decodeRuns(&reader, base: nil, into: extra)
        var diffEnd = 0
        var extraEnd = 0
        control.forEach { triple, _, start in
            UnsafeMutableRawBufferPointer(rebasing: output[start...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: diff[diffEnd..<diffEnd + triple.diff]))
            UnsafeMutableRawBufferPointer(rebasing: output[(start + triple.diff)...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: extra[extraEnd..<extraEnd + triple.extra]))
            diffEnd += triple.diff
            extraEnd += triple.extra
        }
    }

    /// Reads runs until a block is full.
    private func decodeRuns(
        _ reader: inout PayloadReader, base: UnsafeRawBufferPointer?, into block: UnsafeMutableRawBufferPointer,
        within context: RunContext = .block
    ) throws(DeltaError) {
        var done = 0
        while done < block.count {
            let start = reader.offset
            let elementCode = try reader.byte("a run")
            let filterCode = try reader.byte("a run")
            let length = try reader.number("the length of a run")
            guard let element = ElementKind(rawValue: elementCode) else {
                throw CodeAllocation.unknown(
                    "element kind \(elementCode)", index: elementCode, range: CodeAllocation.elements, offset: start)
            }
            guard let filter = RunFilter(rawValue: filterCode) else {
                throw CodeAllocation.unknown(
                    "filter \(filterCode)", index: filterCode, range: CodeAllocation.filters, offset: start + 1)
            }
            guard context.allows(element) else {
                throw DeltaError(
                    .malformed, "a run of element kind \(elementCode) is not allowed in the enclosing run",
                    offset: start)
            }
            guard length > 0, length <= block.count - done else {
                throw DeltaError(
                    .malformed, "a run of \(length) bytes; expected at most \(block.count - done)", offset: start)
            }
            guard filter.applies(to: element, hasBase: base != nil) else {
                throw DeltaError(
                    .malformed, "filter \(filterCode) does not apply to a run of element kind \(elementCode)",
                    offset: start)
            }
            guard filter == .plain || length % element.width == 0 else {
                throw DeltaError(
                    .malformed, "a run of \(length) bytes is not a whole number of \(element.width)-byte words",
                    offset: start)
            }
            let range = done..<done + length
            let under = base.map { UnsafeRawBufferPointer(rebasing: $0[range]) }
            try decode(
                &reader, filter, element, base: under, into: UnsafeMutableRawBufferPointer(rebasing: block[range]))
            done += length
        }
    }

    private func decode(
        _ reader: inout PayloadReader, _ filter: RunFilter, _ element: ElementKind, base: UnsafeRawBufferPointer?,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        if filter == .plain {
            try streamDecoder.decode(&reader, into: output)
            if let base { WordDifference.addBytes(output, base: base) }
            return
        }
        if filter == .scaled, let base {
            return try scaledCoder.decode(&reader, element: element, base: base, streams: streamDecoder, into: output)
        }
        if filter == .levelled {
            return try levelledCoder.decode(&reader, element: element, streams: streamDecoder, into: output)
        }
        if filter == .blocks { return try decodeBlocks(&reader, element, base: base, into: output) }
        if filter == .narrowed { return try decodeNarrowed(&reader, element, base: base, into: output) }
        let memory = planes.reserve(output.count)
        let count = output.count / element.width
        for plane in 0..<element.width {
            try streamDecoder.decode(
                &reader, into: UnsafeMutableRawBufferPointer(rebasing: memory[plane * count..<(plane + 1) * count]))
        }
        transform.undo(planes: UnsafeRawBufferPointer(memory), base: base, element: element, into: output)
    }

    /// Reads the fields of blocks, one field after another.
    private func decodeBlocks(
        _ reader: inout PayloadReader, _ element: ElementKind, base: UnsafeRawBufferPointer?,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        let width = element.width
        var offset = 0
        for field in element.fields {
            let length = output.count / width * field.length
            let under = base.map {
                BlockFields.gather($0, width: width, offset, field.length, in: baseFields.reserve(length))
            }
            let memory = fields.reserve(length)
            try decodeRuns(&reader, base: under, into: memory, within: .field)
            BlockFields.scatter(UnsafeRawBufferPointer(memory), width: width, offset, field.length, into: output)
            offset += field.length
        }
    }

    /// Reads floats as a run of a narrower type.
    private func decodeNarrowed(
        _ reader: inout PayloadReader, _ element: ElementKind, base: UnsafeRawBufferPointer?,
        into output: UnsafeMutableRawBufferPointer
    ) throws(DeltaError) {
        let offset = reader.offset
        var ahead = reader
        let code = try ahead.byte("a narrower run")
        guard let narrow = NarrowFloat.candidates(for: element).first(where: { $0.rawValue == code }) else {
            throw DeltaError(
                .malformed, "floats of element kind \(element.rawValue) cannot be narrowed to \(code)", offset: offset)
        }
        let length = output.count / element.width * narrow.width
        let level = narrow.width == 2 ? 0 : 1
        let memory = narrowed[level].reserve(length)
        var under: UnsafeRawBufferPointer?
        if let base {
            let baseMemory = narrowedBase[level].reserve(length)
            guard NarrowFloat.narrow(base, element, to: narrow, into: baseMemory) else {
                throw DeltaError(
                    .malformed, "a run is narrowed to element kind \(code), which cannot represent its base",
                    offset: offset)
            }
            under = UnsafeRawBufferPointer(baseMemory)
        }
        try decodeRuns(&reader, base: under, into: memory, within: .narrowed(narrow))
        NarrowFloat.widen(UnsafeRawBufferPointer(memory), narrow, to: element, into: output)
    }
}

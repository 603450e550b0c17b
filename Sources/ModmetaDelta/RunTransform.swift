import ModmetaFormats

/// Applies and undoes the filters that work on words.
///
/// Words are taken through small aligned blocks, because runs may start at any byte of a file. The blocks stay in the
/// first-level cache, so the copy costs little, and the loops over them vectorise.
final class RunTransform {
    private static let blockWords = 4096

    private let wordBlock = UnsafeMutableRawPointer.allocate(byteCount: blockWords * 8, alignment: 64)
    private let baseBlock = UnsafeMutableRawPointer.allocate(byteCount: blockWords * 8, alignment: 64)
    private let sorted = ScratchBuffer()
    // For every exponent the number of words, then where its next word goes.
    private let places = UnsafeMutablePointer<Int>.allocate(capacity: 256)

    deinit {
        wordBlock.deallocate()
        baseBlock.deallocate()
        places.deallocate()
    }

    /// Filters a run of whole words with the filter `planes`.
    ///
    /// - Parameters:
    ///   - new: the bytes of the run.
    ///   - base: the bytes of the base, as many; nil for a run of the extra block.
    ///   - planes: receives the planes one after the other, as many bytes as `new` has.
    func split(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, element: ElementKind,
        planes: UnsafeMutableRawBufferPointer
    ) {
        switch element.width {
        case 2: split(UInt16.self, new, base, element, planes)
        case 4: split(UInt32.self, new, base, element, planes)
        case 8: split(UInt64.self, new, base, element, planes)
        default: preconditionFailure("bytes have no planes")
        }
    }

    /// Undoes the filter `planes` or `grouped`.
    func undo(
        _ filter: RunFilter, planes: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, element: ElementKind,
        into output: UnsafeMutableRawBufferPointer
    ) {
        switch element.width {
        case 2: undo(UInt16.self, filter, planes, base, element, output)
        case 4: undo(UInt32.self, filter, planes, base, element, output)
        case 8: undo(UInt64.self, filter, planes, base, element, output)
        default: preconditionFailure("bytes have no planes")
        }
    }

    @inline(__always)
    private func split<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ new: UnsafeRawBufferPointer, _ base: UnsafeRawBufferPointer?, _ element: ElementKind,
        _ planes: UnsafeMutableRawBufferPointer
    ) {
        let size = MemoryLayout<Word>.size
        let count = new.count / size
        guard count > 0, let source = new.baseAddress, let target = planes.baseAddress else { return }
        let output = target.bindMemory(to: UInt8.self, capacity: new.count)
        let words = wordBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        let bases = baseBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        var done = 0
        while done < count {
            let length = min(RunTransform.blockWords, count - done)
            wordBlock.copyMemory(from: source + done * size, byteCount: length * size)
            if let reference = base?.baseAddress {
                baseBlock.copyMemory(from: reference + done * size, byteCount: length * size)
                WordDifference.subtract(words, base: bases, count: length)
            } else if element.isFloat {
                WordDifference.rotateLeft(words, count: length)
            }
            BytePlanes.split(words, count: length, into: output + done, stride: count)
            done += length
        }
    }

    @inline(__always)
    private func undo<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ filter: RunFilter, _ planes: UnsafeRawBufferPointer, _ base: UnsafeRawBufferPointer?,
        _ element: ElementKind, _ output: UnsafeMutableRawBufferPointer
    ) {
        let size = MemoryLayout<Word>.size
        let count = planes.count / size
        guard count > 0, let source = planes.baseAddress, let target = output.baseAddress else { return }
        let input = source.bindMemory(to: UInt8.self, capacity: planes.count)
        let words = wordBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        let bases = baseBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        let reference = base?.baseAddress
        let field = filter == .grouped ? element.exponentField : nil
        var ordered: UnsafeMutablePointer<Word>?
        if let field, let reference {
            countGroups(Word.self, reference, count: count, field: field)
            let memory = sorted.reserve(planes.count).baseAddress?.bindMemory(to: Word.self, capacity: count)
            if let memory { BytePlanes.merge(input, stride: count, into: memory, count: count) }
            ordered = memory
        }
        var done = 0
        while done < count {
            let length = min(RunTransform.blockWords, count - done)
            if let reference { baseBlock.copyMemory(from: reference + done * size, byteCount: length * size) }
            if let ordered, let field {
                let shift = Word(truncatingIfNeeded: field.shift)
                let mask = Word(truncatingIfNeeded: field.count - 1)
                for index in 0..<length {
                    let group = Int(truncatingIfNeeded: (bases[index] &>> shift) & mask)
                    let place = places[group]
                    places[group] = place &+ 1
                    words[index] = ordered[place]
                }
            } else {
                BytePlanes.merge(input + done, stride: count, into: words, count: length)
            }
            if reference != nil {
                WordDifference.add(words, base: bases, count: length)
            } else if element.isFloat {
                WordDifference.rotateRight(words, count: length)
            }
            (target + done * size).copyMemory(from: wordBlock, byteCount: length * size)
            done += length
        }
    }

    /// Counts the words of every exponent, leaves in `places` where each group starts.
    @inline(__always)
    private func countGroups<Word: FixedWidthInteger & UnsignedInteger>(
        _ type: Word.Type, _ base: UnsafeRawPointer, count: Int, field: ExponentField
    ) {
        let size = MemoryLayout<Word>.size
        let bases = baseBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        let shift = Word(truncatingIfNeeded: field.shift)
        let mask = Word(truncatingIfNeeded: field.count - 1)
        places.initialize(repeating: 0, count: field.count)
        var done = 0
        while done < count {
            let length = min(RunTransform.blockWords, count - done)
            baseBlock.copyMemory(from: base + done * size, byteCount: length * size)
            for index in 0..<length { places[Int(truncatingIfNeeded: (bases[index] &>> shift) & mask)] &+= 1 }
            done += length
        }
        var total = 0
        for group in 0..<field.count {
            let start = total
            total += places[group]
            places[group] = start
        }
    }
}

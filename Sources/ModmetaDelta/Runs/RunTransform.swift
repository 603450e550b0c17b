import ModmetaFormats

/// Applies and undoes the filter `planes`.
///
/// Words pass through small aligned blocks, because runs may start at any byte of a file. The blocks stay in the L1
/// cache, so the copy costs little, and the loops over them vectorise.
final class RunTransform {
    private static let blockWords = 4096

    private let wordBlock = UnsafeMutableRawPointer.allocate(byteCount: blockWords * 8, alignment: 64)
    private let baseBlock = UnsafeMutableRawPointer.allocate(byteCount: blockWords * 8, alignment: 64)

    deinit {
        wordBlock.deallocate()
        baseBlock.deallocate()
    }

    /// Filters a run of whole words with the filter `planes`.
    ///
    /// - Parameters:
    ///   - new: the bytes of the run.
    ///   - base: the bytes of the base, of the same length; nil for a run of the extra block.
    ///   - planes: receives the planes, concatenated; as many bytes as `new`.
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

    /// Undoes the filter `planes`.
    func undo(
        planes: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer?, element: ElementKind,
        into output: UnsafeMutableRawBufferPointer
    ) {
        switch element.width {
        case 2: undo(UInt16.self, planes, base, element, output)
        case 4: undo(UInt32.self, planes, base, element, output)
        case 8: undo(UInt64.self, planes, base, element, output)
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
        _ type: Word.Type, _ planes: UnsafeRawBufferPointer, _ base: UnsafeRawBufferPointer?, _ element: ElementKind,
        _ output: UnsafeMutableRawBufferPointer
    ) {
        let size = MemoryLayout<Word>.size
        let count = planes.count / size
        guard count > 0, let source = planes.baseAddress, let target = output.baseAddress else { return }
        let input = source.bindMemory(to: UInt8.self, capacity: planes.count)
        let words = wordBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        let bases = baseBlock.bindMemory(to: Word.self, capacity: RunTransform.blockWords)
        let reference = base?.baseAddress
        var done = 0
        while done < count {
            let length = min(RunTransform.blockWords, count - done)
            if let reference { baseBlock.copyMemory(from: reference + done * size, byteCount: length * size) }
            BytePlanes.merge(input + done, stride: count, into: words, count: length)
            if reference != nil {
                WordDifference.add(words, base: bases, count: length)
            } else if element.isFloat {
                WordDifference.rotateRight(words, count: length)
            }
            (target + done * size).copyMemory(from: wordBlock, byteCount: length * size)
            done += length
        }
    }
}

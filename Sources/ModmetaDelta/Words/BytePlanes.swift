/// Splits words into one plane per byte of the word, lowest byte first, and merges them again.
///
/// A plane holds the bytes of one significance of all words; planes are `stride` bytes apart.
enum BytePlanes {
    @inline(__always)
    static func split<Word: FixedWidthInteger & UnsignedInteger>(
        _ words: UnsafePointer<Word>, count: Int, into planes: UnsafeMutablePointer<UInt8>, stride: Int
    ) {
        for plane in 0..<MemoryLayout<Word>.size {
            let output = planes + plane * stride
            let shift = Word(truncatingIfNeeded: 8 * plane)
            for index in 0..<count { output[index] = UInt8(truncatingIfNeeded: words[index] &>> shift) }
        }
    }

    @inline(__always)
    static func merge<Word: FixedWidthInteger & UnsignedInteger>(
        _ planes: UnsafePointer<UInt8>, stride: Int, into words: UnsafeMutablePointer<Word>, count: Int
    ) {
        for index in 0..<count { words[index] = Word(truncatingIfNeeded: planes[index]) }
        for plane in 1..<MemoryLayout<Word>.size {
            let input = planes + plane * stride
            let shift = Word(truncatingIfNeeded: 8 * plane)
            for index in 0..<count { words[index] |= Word(truncatingIfNeeded: input[index]) &<< shift }
        }
    }
}

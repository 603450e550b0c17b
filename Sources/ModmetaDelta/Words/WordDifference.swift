/// Word subtraction with the sign at the low end, so that small differences of either sign have zero high bytes.
///
/// Plain loops over typed pointers, which the compiler vectorises; pointers must be aligned.
enum WordDifference {
    /// Replaces each word with zigzag(word - base mod 2^w).
    @inline(__always)
    static func subtract<Word: FixedWidthInteger & UnsignedInteger>(
        _ words: UnsafeMutablePointer<Word>, base: UnsafePointer<Word>, count: Int
    ) {
        let top = Word(truncatingIfNeeded: Word.bitWidth - 1)
        for index in 0..<count {
            let difference = words[index] &- base[index]
            words[index] = (difference &<< 1) ^ (0 &- (difference &>> top))
        }
    }

    /// Replaces each difference with its original word.
    @inline(__always)
    static func add<Word: FixedWidthInteger & UnsignedInteger>(
        _ words: UnsafeMutablePointer<Word>, base: UnsafePointer<Word>, count: Int
    ) {
        for index in 0..<count {
            let zigzag = words[index]
            words[index] = base[index] &+ ((zigzag &>> 1) ^ (0 &- (zigzag & 1)))
        }
    }

    /// Rotates each word left by one bit, which moves the sign of a float below its mantissa.
    @inline(__always)
    static func rotateLeft<Word: FixedWidthInteger & UnsignedInteger>(
        _ words: UnsafeMutablePointer<Word>, count: Int
    ) {
        let top = Word(truncatingIfNeeded: Word.bitWidth - 1)
        for index in 0..<count { words[index] = (words[index] &<< 1) | (words[index] &>> top) }
    }

    /// Undoes `rotateLeft`.
    @inline(__always)
    static func rotateRight<Word: FixedWidthInteger & UnsignedInteger>(
        _ words: UnsafeMutablePointer<Word>, count: Int
    ) {
        let top = Word(truncatingIfNeeded: Word.bitWidth - 1)
        for index in 0..<count { words[index] = (words[index] &>> 1) | (words[index] &<< top) }
    }

    /// Writes new - base mod 256 byte by byte, as classic bsdiff does.
    static func subtractBytes(
        _ new: UnsafeRawBufferPointer, base: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        for index in 0..<new.count { output[index] = new[index] &- base[index] }
    }

    /// Adds base bytes to differences in place.
    static func addBytes(_ bytes: UnsafeMutableRawBufferPointer, base: UnsafeRawBufferPointer) {
        for index in 0..<bytes.count { bytes[index] = bytes[index] &+ base[index] }
    }
}

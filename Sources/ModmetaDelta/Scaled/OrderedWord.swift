/// Floats as integers in the order of their values, and differences between them as small zigzag numbers.
///
/// See docs/formats/delta.md, "Scaled". The same loops serve 16 and 32 bits; they vectorise.
enum OrderedWord {
    /// The integer for the bits of a float: negative floats count down and positive floats count up from the middle.
    @inline(__always)
    static func ordered<Word: FixedWidthInteger & UnsignedInteger>(_ bits: Word) -> Word {
        let top = Word(truncatingIfNeeded: Word.bitWidth - 1)
        return bits ^ ((0 &- (bits &>> top)) | 1 &<< top)
    }

    /// Undoes `ordered`.
    @inline(__always)
    static func bits<Word: FixedWidthInteger & UnsignedInteger>(_ ordered: Word) -> Word {
        let top = Word(truncatingIfNeeded: Word.bitWidth - 1)
        return ordered ^ (((ordered &>> top) &- 1) | 1 &<< top)
    }

    /// A difference with its sign in the lowest bit (zigzag).
    @inline(__always)
    static func zigzag<Word: FixedWidthInteger & UnsignedInteger>(_ difference: Word) -> Word {
        (difference &<< 1) ^ (0 &- (difference &>> Word(truncatingIfNeeded: Word.bitWidth - 1)))
    }

    /// Undoes `zigzag`.
    @inline(__always)
    static func difference<Word: FixedWidthInteger & UnsignedInteger>(_ zigzag: Word) -> Word {
        (zigzag &>> 1) ^ (0 &- (zigzag & 1))
    }
}

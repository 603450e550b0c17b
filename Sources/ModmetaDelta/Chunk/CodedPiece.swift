public import ModmetaFormats

/// A part of a chunk as the coder sees it: a run of new bytes and the base range it is compared with.
///
/// The pieces of a chunk cover its new bytes in order, without gaps.
public struct CodedPiece: Hashable, Sendable {
    /// The bytes in the run of new bytes.
    public var length: Int
    /// How the bytes divide into numbers.
    public var element: ElementKind
    /// The base range, or nil if there is nothing to compare with.
    ///
    /// A range of the same length is subtracted word by word in O(n). A range of another length is searched with a
    /// suffix array.
    public var base: Range<Int>?
    /// The numbers in a row of the tensor, with blocks counting as one, or nil if it has no rows.
    ///
    /// The run starts at the start of a row. Training moves the values of one row by more similar steps than those of a
    /// whole tensor, so rows make differences smaller.
    public var rowLength: Int?

    /// Creates a piece.
    public init(length: Int, element: ElementKind, base: Range<Int>? = nil, rowLength: Int? = nil) {
        self.length = length
        self.element = element
        self.base = base
        self.rowLength = rowLength
    }
}

public import ModmetaFormats

/// A part of a chunk as the coder sees it: a run of the new bytes and the run of the base it is compared with.
///
/// The pieces of a chunk cover its new bytes in order, without holes.
public struct CodedPiece: Hashable, Sendable {
    /// The length of the run of new bytes.
    public var length: Int
    /// How the bytes divide into numbers.
    public var element: ElementKind
    /// The run of the base, or nil if there is nothing to compare with.
    ///
    /// A run of the same length is subtracted word by word in O(n). A run of another length is searched by suffix array.
    public var base: Range<Int>?
    /// The numbers in a row of the tensor the run belongs to and starts a row of, or nil if it has no rows; a block of numbers
    /// counts as one.
    ///
    /// Training moves a row by steps of one size more than a whole tensor, so that rows make differences smaller.
    public var rowLength: Int?

    /// Creates a piece.
    public init(length: Int, element: ElementKind, base: Range<Int>? = nil, rowLength: Int? = nil) {
        self.length = length
        self.element = element
        self.base = base
        self.rowLength = rowLength
    }
}

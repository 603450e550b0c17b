public import ModmetaFormats

extension Layout.Tensor {
    /// The numbers in a row in the sense of `CodedPiece.rowLength`, or nil for a tensor of one row.
    ///
    /// A row spans as many inner dimensions as it takes to reach 64 numbers, so that convolution kernels are joined. A
    /// block of numbers counts as one.
    public var rowLength: Int? {
        var length: UInt64 = 1
        for extent in shape.dropFirst().reversed() {
            let (product, overflow) = length.multipliedReportingOverflow(by: extent)
            guard extent > 0, !overflow, product <= UInt64(ChunkLimits.maximum) else { return nil }
            length = product
            if length >= 64 {
                let block = element.fields.isEmpty ? 1 : UInt64(element.elementsPerWord)
                return length.isMultiple(of: block) ? Int(length / block) : nil
            }
        }
        return nil
    }
}

extension PlannedChunk.Piece {
    /// The numbers in a row of the piece's tensor, or nil if it has no rows.
    public func rowLength(in layout: Layout) -> Int? { tensor.flatMap { layout.tensors[$0].rowLength } }
}

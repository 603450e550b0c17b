public import ModmetaFormats

extension Layout.Tensor {
    /// The numbers in a row, as `CodedPiece.rowLength` means it, or nil for a tensor that is one row.
    ///
    /// A row is made of as many inner dimensions as it takes to have 64 numbers, so that kernels of convolutions join. A
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
    /// The numbers in a row of the piece's tensor, or nil where it has none.
    public func rowLength(in layout: Layout) -> Int? { tensor.flatMap { layout.tensors[$0].rowLength } }
}

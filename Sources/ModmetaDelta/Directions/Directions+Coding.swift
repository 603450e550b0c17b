extension Directions {
    /// Appends ranks, columns and factors.
    func append(to output: inout [UInt8], streams: StreamEncoder) throws(DeltaError) {
        for bytes in [ranks.map { UInt8($0) }, columns, factors] {
            try bytes.span.bytes.withUnsafeBytes { bytes throws(DeltaError) in
                try streams.append(bytes, texture: .plane, to: &output)
            }
        }
    }

    /// Reads the directions of parts; `codedRows` is the number of rows of each part that are coded word by word.
    init(
        parsing reader: inout PayloadReader, parts: [RunPart], codedRows: [Int], streams: StreamDecoder
    ) throws(DeltaError) {
        let offset = reader.offset
        let bytes = try streams.decode(&reader, count: parts.count)
        for (rank, part) in zip(bytes, parts) where rank > 0 {
            guard rank <= Directions.maximumRank, part.row <= Directions.maximumRow,
                part.row <= part.words / Directions.minimumRows
            else {
                throw DeltaError(
                    .malformed, "a part of \(part.words) words in rows of \(part.row) has \(rank) directions",
                    offset: offset)
            }
        }
        self.init(ranks: bytes.map(Int.init), parts: parts, codedRows: codedRows)
        let columnOffset = reader.offset
        columns = try streams.decode(&reader, count: columns.count)
        for (index, part) in parts.enumerated() where ranks[index] > 0 {
            let scales = columns[columnStarts[index]..<columnStarts[index] + part.row]
            guard scales.allSatisfy({ $0 < Directions.scales }) else {
                throw DeltaError(
                    .malformed, "a column has a scale above \(Directions.scales - 1)", offset: columnOffset)
            }
        }
        factors = try streams.decode(&reader, count: factors.count)
    }
}

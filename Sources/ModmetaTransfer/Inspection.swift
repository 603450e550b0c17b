public import ModmetaFormats

/// What a file is made of, as a push would see it.
public struct Inspection: Sendable {
    /// The file's layout; an opaque one if the file breaks the rules of the format it looks like.
    public var layout: Layout
    /// The rule that is broken, or nil.
    public var violation: FormatError?
    /// The chunks a push would cut, in file order; chunk i covers `chunks[i]` of the file.
    public var chunks: [Range<UInt64>]

    /// Looks at the file at a path; an opaque file is read whole, in blocks.
    public init(path: String) throws {
        let file = try LocalFile(reading: path)
        let reading = try file.layoutReading()
        layout = reading.layout
        violation = reading.violation
        if layout.tensors.isEmpty {
            chunks = []
            var reader = OpaqueReader()
            var start: UInt64 = 0
            while try reader.next(from: file) != nil {
                chunks.append(start..<reader.position)
                start = reader.position
            }
        } else {
            chunks = ChunkPlanner.plan(layout).map(\.range)
        }
    }
}

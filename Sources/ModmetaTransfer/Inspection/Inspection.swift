public import ModmetaFormats

/// What a file is made of, as a push would see it.
public struct Inspection: Sendable {
    /// The file's layout; an opaque one if the file breaks the rules of the format it looks like.
    public var layout: Layout
    /// The rule that is broken, or nil.
    public var violation: FormatError?
    /// Tensors that share the bytes of others.
    public var aliases: [Layout.Alias]
    /// What the file's pickles would import if it were loaded; nil for a file without pickles.
    public var safeToLoad: SafeToLoad?
    /// The chunks a push would cut, in file order.
    public var chunks: [PlannedChunk]

    /// Looks at the file at a path; an opaque file is read whole, in blocks.
    ///
    /// - Parameter progress: receives how many bytes of an opaque file were read, and of how many.
    public init(path: String, progress: (UInt64, UInt64) -> Void = { _, _ in }) throws {
        let file = try LocalFile(reading: path)
        let reading = try file.layoutReading()
        layout = reading.layout
        violation = reading.violation
        aliases = reading.aliases
        safeToLoad = try SafeToLoad.scan(file)
        if layout.tensors.isEmpty {
            chunks = []
            var reader = OpaqueReader()
            var start: UInt64 = 0
            while try reader.next(from: file) != nil {
                let range = start..<reader.position
                let piece = PlannedChunk.Piece(tensor: nil, range: range, element: .byte)
                chunks.append(PlannedChunk(range: range, pieces: [piece]))
                start = reader.position
                progress(start, file.size)
            }
        } else {
            chunks = ChunkPlanner.plan(layout)
        }
    }

    /// The layout of the file at a path, without looking at its chunks.
    public static func layout(path: String) throws -> Layout { try LocalFile(reading: path).layout() }

    /// Whether the file at a path holds tensors, or is of a format that does and is not looked into.
    public static func holdsTensors(path: String) throws -> Bool {
        let reading = try LocalFile(reading: path).layoutReading()
        // In one expression with the next line, Swift 6.3.1 stops with an error of its own when it optimises.
        guard reading.layout.tensors.isEmpty else { return true }
        guard let violation = reading.violation else { return false }
        return violation.code == .unsupportedVersion
    }

    /// The tensors of the PyTorch file at a path, if it holds tensors by name and nothing else.
    public static func stateDictionary(path: String) throws -> StateDictionary? {
        try StateDictionary(reading: LocalFile(reading: path))
    }
}

internal import ModmetaTransfer

/// What a file of a checkpoint is, told by its bytes and not by its name, to decide where Git keeps it.
public enum FileContent: Sendable {
    /// Tensors, or a format that holds them.
    case weights
    /// Bytes that are no text.
    case binary
    /// UTF-8 without control characters that text does not have.
    case text

    /// The bytes at each end of a file that tell text from other bytes.
    private static let sample: UInt64 = 64 << 10

    /// Looks at a file.
    ///
    /// - Returns: what it is, and its size in bytes.
    /// - Throws: `SnapshotError` with `file`, and what reading its layout throws.
    public static func look(at path: String) throws -> (content: FileContent, size: UInt64) {
        let file = try CheckpointFile(path: path)
        let size = file.stamp.size
        let start = try file.bytes(0..<min(size, sample))
        let end = try file.bytes(size - min(size, sample)..<size)
        // Only the beginning and the end are looked at, which may cut a character.
        guard !isText(start) || !isText(end[...].drop { $0 & 0xC0 == 0x80 }) else { return (.text, size) }
        let isWeights = try isKnown(start) || Inspection.holdsTensors(path: path)
        return (isWeights ? .weights : .binary, size)
    }

    /// Whether bytes are UTF-8 text, whose last character may be cut.
    public static func isText(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x08...0x0D).contains($0) || $0 == 0x1B }) else {
            return false
        }
        return (0...3).contains { String(validating: Array(bytes.dropLast($0)), as: UTF8.self) != nil }
    }

    /// Formats of weights in which no tensors are looked for, by what stands in the first bytes.
    private static func isKnown(_ start: [UInt8]) -> Bool {
        // TensorFlow Lite and ExecuTorch are FlatBuffers, whose identifier stands behind the first offset.
        let identifier = start.dropFirst(4).prefix(4)
        return ["TFL3", "ET12", "ET13"].contains { identifier.elementsEqual($0.utf8) }
    }
}

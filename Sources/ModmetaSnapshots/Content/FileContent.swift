internal import ModmetaTransfer

/// The kind of a checkpoint file, judged by its bytes and not its name, which decides where Git keeps it.
public enum FileContent: Sendable {
    /// Tensors, or a format that holds them.
    case weights
    /// Bytes that are not text.
    case binary
    /// UTF-8 without control characters except those of text.
    case text

    /// The bytes examined at each end of a file.
    private static let sample: UInt64 = 64 << 10

    /// Examines a file.
    ///
    /// - Returns: its kind, and its size in bytes.
    /// - Throws: `SnapshotError` with `file`, and the errors of reading its layout.
    public static func look(at path: String) throws -> (content: FileContent, size: UInt64) {
        let file = try CheckpointFile(path: path)
        let size = file.stamp.size
        let start = try file.bytes(0..<min(size, sample))
        let end = try file.bytes(size - min(size, sample)..<size)
        // The samples of start and end may cut a character.
        guard !isText(start) || !isText(end[...].drop { $0 & 0xC0 == 0x80 }) else { return (.text, size) }
        let isWeights = try isKnown(start) || Inspection.holdsTensors(path: path)
        return (isWeights ? .weights : .binary, size)
    }

    /// Whether bytes are UTF-8 text; the last character may be incomplete.
    public static func isText(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x08...0x0D).contains($0) || $0 == 0x1B }) else {
            return false
        }
        return (0...3).contains { String(validating: Array(bytes.dropLast($0)), as: UTF8.self) != nil }
    }

    /// Whether the first bytes are those of a known weight format whose tensors are not read.
    private static func isKnown(_ start: [UInt8]) -> Bool {
        // TensorFlow Lite and ExecuTorch are FlatBuffers, with an identifier after the first offset.
        let identifier = start.dropFirst(4).prefix(4)
        return ["TFL3", "ET12", "ET13"].contains { identifier.elementsEqual($0.utf8) }
    }
}

import ModmetaTesting

/// A PyTorch file of a synthetic checkpoint, with everything that differs from save to save.
struct TorchArchive {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt64 = 0
    private let root: String
    private var random: SeededRandom

    /// Writes a checkpoint.
    ///
    /// - Parameters:
    ///   - root: the folder in the archive, which follows the name of the file.
    ///   - save: what checksums and the like are made from.
    static func file(_ model: SyntheticCheckpoint, root: String, save: UInt64) -> [UInt8] {
        var archive = TorchArchive(root: root, random: SeededRandom(seed: save))
        archive.add("data.pkl", pickle(model))
        for (index, tensor) in model.tensors.enumerated() { archive.add("data/\(index)", tensor.bytes) }
        archive.add("version", [0x33, 0x0A])
        archive.add(".data/serialization_id", (0..<40).map { _ in UInt8(archive.random.next() % 10 + 48) })
        return archive.finish()
    }

    private init(root: String, random: SeededRandom) {
        self.root = root
        self.random = random
    }

    private static func pickle(_ model: SyntheticCheckpoint) -> [UInt8] {
        func text(_ value: String) -> [UInt8] { [0x58, UInt8(value.utf8.count), 0, 0, 0] + Array(value.utf8) }
        func number(_ value: Int) -> [UInt8] { [0x4A] + integer(UInt64(value), 4) }
        var pickle: [UInt8] = [0x80, 2, 0x7D, 0x28]
        for (index, tensor) in model.tensors.enumerated() {
            pickle += text(tensor.name) + Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8) + text("storage")
            pickle += Array("ctorch\nBFloat16Storage\n".utf8) + text("\(index)") + text("cpu")
            pickle += number(tensor.rows * tensor.columns) + Array("tQ".utf8) + number(0)
            pickle +=
                number(tensor.rows) + number(tensor.columns) + [0x86] + number(tensor.columns) + number(1) + [0x86]
            pickle += [0x89, 0x4E] + Array("tR".utf8)
        }
        return pickle + Array("u.".utf8)
    }

    private mutating func add(_ name: String, _ data: [UInt8]) {
        let path = Array("\(root)/\(name)".utf8)
        let start = UInt64(bytes.count)
        let padding = (64 - (bytes.count + 34 + path.count) % 64) % 64
        let checksum = Self.integer(random.next(), 4)
        bytes += [0x50, 0x4B, 3, 4, 0, 0, 8, 8] + [UInt8](repeating: 0, count: 18)
        bytes += Self.integer(UInt64(path.count), 2) + Self.integer(UInt64(padding + 4), 2) + path
        bytes += [0x46, 0x42] + Self.integer(UInt64(padding), 2) + [UInt8](repeating: 0x5A, count: padding)
        bytes += data + [0x50, 0x4B, 7, 8] + checksum + Self.integer(UInt64(data.count), 4)
        bytes += Self.integer(UInt64(data.count), 4)
        directory += [0x50, 0x4B, 1, 2, 0, 0, 0, 0, 8, 8] + [UInt8](repeating: 0, count: 6) + checksum
        directory += Self.integer(UInt64(data.count), 4) + Self.integer(UInt64(data.count), 4)
        directory += Self.integer(UInt64(path.count), 2) + [UInt8](repeating: 0, count: 12)
        directory += Self.integer(start, 4) + path
        count += 1
    }

    private consuming func finish() -> [UInt8] {
        let end =
            [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + Self.integer(count, 2) + Self.integer(count, 2)
            + Self.integer(UInt64(directory.count), 4) + Self.integer(UInt64(bytes.count), 4) + [0, 0]
        return bytes + directory + end
    }

    private static func integer(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}

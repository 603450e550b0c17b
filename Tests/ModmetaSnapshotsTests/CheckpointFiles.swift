import Glibc
import ModmetaFormats
import ModmetaTesting

@testable import ModmetaSnapshots

/// A tensor of a test file.
struct SampleTensor {
    var name: String
    var dtype = "F32"
    var shape: [Int]
    var bytes: [UInt8]
}

/// Writes checkpoints for tests.
struct CheckpointFiles {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    var path: String { directory.path }

    /// Writes a file and creates its parent directories.
    func write(_ bytes: [UInt8], to name: String) throws {
        let path = directory.path(name)
        for index in path.indices.dropFirst() where path[index] == "/" { mkdir(String(path[..<index]), 0o777) }
        guard let file = fopen(path, "w") else { throw SnapshotError(.file, "cannot write \(path)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw SnapshotError(.file, "cannot write \(path)")
        }
    }

    /// Writes text to a file.
    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    /// Writes a safetensors file with the tensors in this order.
    func write(_ tensors: [SampleTensor], to name: String, metadata: String = "{}") throws {
        var header = "{\"__metadata__\":\(metadata)"
        var data: [UInt8] = []
        for tensor in tensors {
            let end = data.count + tensor.bytes.count
            header += ",\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),"
            header += "\"data_offsets\":[\(data.count),\(end)]}"
            data += tensor.bytes
        }
        header += "}"
        let length = UInt64(header.utf8.count)
        let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        try write(prefix + Array(header.utf8) + data, to: name)
    }

    /// The content hash of some paths.
    func content(_ names: String...) async throws -> String {
        let paths = names.isEmpty ? [path] : names.map { directory.path($0) }
        return try await ContentDigest(of: Checkpoint(paths: paths).files).content.hex
    }
}

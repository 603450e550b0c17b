/// The kind of a file according to its first bytes; git-lfs passes no file name.
enum FileKind: Hashable {
    /// safetensors.
    case safetensors
    /// A zip archive, as PyTorch and NumPy write them.
    case zip
    /// GGUF.
    case gguf
    /// One NumPy array.
    case npy
    /// A known kind whose tensors are not read, with a sentence that says so.
    case known(String)
    /// An unknown kind.
    case unknown

    /// The number of bytes examined.
    static let sniffLength = 16

    /// Identifies a file.
    ///
    /// - Parameters:
    ///   - prefix: at least the first `sniffLength` bytes of the file, or the whole file if it is shorter.
    ///   - fileSize: the size of the file in bytes.
    init(prefix: [UInt8], fileSize: UInt64) {
        if FileKind.isSafetensors(prefix, fileSize) {
            self = .safetensors
        } else if prefix.starts(with: ZipDirectory.magic) {
            self = .zip
        } else if prefix.starts(with: GGUFLayout.magic) {
            self = .gguf
        } else if prefix.starts(with: NumPyHeader.magic) {
            self = .npy
        } else if let reason = FileKind.reason(prefix) {
            self = .known(reason)
        } else {
            self = .unknown
        }
    }

    private static func isSafetensors(_ prefix: [UInt8], _ fileSize: UInt64) -> Bool {
        // As in any JSON text, whitespace may precede the header's brace.
        let text = prefix.dropFirst(SafetensorsLayout.prefixLength).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard prefix.count > SafetensorsLayout.prefixLength, text.first ?? UInt8(ascii: "{") == UInt8(ascii: "{"),
            let length = try? SafetensorsLayout.headerLength(prefix: prefix, fileSize: fileSize)
        else { return false }
        return length >= 2
    }

    private static func reason(_ prefix: [UInt8]) -> String? {
        if prefix.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return "HDF5 files (Keras) are chunked by content; their tensors are not read"
        }
        if prefix.count >= 2, prefix[0] == 0x80, (2...5).contains(prefix[1]) {
            return
                "plain pickles (PyTorch before 1.6, the .metadata of distributed checkpoints) are chunked by content; "
                + "tensors saved by PyTorch 1.6 and later are read"
        }
        return isONNX(prefix) ? "ONNX files are chunked by content; their tensors are not read" : nil
    }

    /// Whether a protobuf message starts like an ONNX file: with the IR version, then the producer name.
    private static func isONNX(_ prefix: [UInt8]) -> Bool {
        guard prefix.count >= 8, prefix[0] == 0x08, (3...20).contains(prefix[1]), prefix[2] == 0x12 else {
            return false
        }
        let name = prefix[4...].prefix(Int(prefix[3]))
        return (2...40).contains(prefix[3]) && name.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// What a file looks like by its first bytes; git-lfs gives no file name to tell it by.
enum FileKind: Hashable {
    /// safetensors.
    case safetensors
    /// A zip archive, as PyTorch and NumPy write them.
    case zip
    /// GGUF.
    case gguf
    /// One NumPy array.
    case npy
    /// A kind of file that is known but not looked into, with the sentence that says so.
    case known(String)
    /// Nothing that is known.
    case unknown

    /// The bytes that are looked at.
    static let sniffLength = 16

    /// Tells the kind of a file.
    ///
    /// - Parameters:
    ///   - prefix: the first `sniffLength` bytes of the file or more, fewer only where the file has fewer.
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
        // White space may stand before the header's brace, as it may in any JSON text.
        let text = prefix.dropFirst(SafetensorsLayout.prefixLength).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard prefix.count > SafetensorsLayout.prefixLength, text.first ?? UInt8(ascii: "{") == UInt8(ascii: "{"),
            let length = try? SafetensorsLayout.headerLength(prefix: prefix, fileSize: fileSize)
        else { return false }
        return length >= 2
    }

    private static func reason(_ prefix: [UInt8]) -> String? {
        if prefix.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return "HDF5 files (Keras) are cut by their content; their tensors are not looked for"
        }
        if prefix.count >= 2, prefix[0] == 0x80, (2...5).contains(prefix[1]) {
            return
                "plain pickles (PyTorch before 1.6, the .metadata of distributed checkpoints) are cut by their content; "
                + "PyTorch 1.6 and later save tensors so that they are found"
        }
        return isONNX(prefix) ? "ONNX files are cut by their content; their tensors are not looked for" : nil
    }

    /// Whether a protobuf message begins as writers of ONNX do: the version of the representation, then the producer's name.
    private static func isONNX(_ prefix: [UInt8]) -> Bool {
        guard prefix.count >= 8, prefix[0] == 0x08, (3...20).contains(prefix[1]), prefix[2] == 0x12 else {
            return false
        }
        let name = prefix[4...].prefix(Int(prefix[3]))
        return (2...40).contains(prefix[3]) && name.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

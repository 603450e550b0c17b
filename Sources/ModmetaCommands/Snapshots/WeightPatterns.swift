/// The endings of files that hold weights and nothing else, for lines of `.gitattributes` that later files meet too.
enum WeightPatterns {
    static let endings = [
        "safetensors", "bin", "pt", "pth", "ckpt", "gguf", "distcp", "npz", "h5", "onnx", "npy", "msgpack", "keras",
        "hdf5",
        "tflite", "pt2", "pte", "onnx_data", "data-00000-of-00001",
    ]

    /// The pattern of a file's ending, where it is one of these.
    static func pattern(of path: String) -> String? {
        let leaf =
            path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? path
        return endings.first {
            leaf.utf8.count > $0.utf8.count + 1 && leaf.utf8.suffix($0.utf8.count + 1).elementsEqual(".\($0)".utf8)
        }
        .map { "*.\($0)" }
    }
}

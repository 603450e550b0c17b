/// The first bytes of a safetensors file with a given header.
struct SafetensorsFile {
    var header: [UInt8]
    var size: UInt64

    /// Prepends the length to a header.
    ///
    /// - Parameter data: the number of bytes after the header, which are not created.
    init(_ json: [UInt8], data: UInt64) {
        let length = UInt64(json.count)
        header = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + json
        size = 8 + length + data
    }

    init(_ json: String, data: UInt64) { self.init(Array(json.utf8), data: data) }
}

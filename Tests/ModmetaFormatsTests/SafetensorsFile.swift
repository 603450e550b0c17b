/// The first bytes of a safetensors file made from the text of its header.
struct SafetensorsFile {
    var header: [UInt8]
    var size: UInt64

    /// Puts the length before a header.
    ///
    /// - Parameter data: the bytes behind the header, which are not made.
    init(_ json: [UInt8], data: UInt64) {
        let length = UInt64(json.count)
        header = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + json
        size = 8 + length + data
    }

    init(_ json: String, data: UInt64) { self.init(Array(json.utf8), data: data) }
}

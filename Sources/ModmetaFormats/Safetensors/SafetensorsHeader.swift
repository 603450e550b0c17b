/// Writes the header of a safetensors file; see docs/formats/safetensors.md.
public enum SafetensorsHeader {
    /// Returns the bytes before the tensors' data, which follows in this order without gaps.
    ///
    /// The header is padded with spaces to a multiple of 8 bytes and contains `format: pt`, without which Hugging
    /// Face's loaders refuse a file.
    /// - Throws: `FormatError` if a tensor has a type that safetensors does not support, a size that does not match its
    ///   shape, or a repeated name, or if the header is too long.
    public static func serialized(_ tensors: [Layout.Tensor]) throws(FormatError) -> [UInt8] {
        var text = Array("{\"__metadata__\":{\"format\":\"pt\"}".utf8)
        var end: UInt64 = 0
        for tensor in tensors {
            let start = end
            let (sum, overflow) = end.addingReportingOverflow(UInt64(tensor.range.count))
            guard !overflow, SafetensorsElementType(spelling: tensor.dtype) != nil else {
                throw FormatError(
                    .malformed,
                    "the tensor \(QuotedName(tensor.name)) has the type \(tensor.dtype), "
                        + "which safetensors does not support",
                    offset: 0)
            }
            end = sum
            text.append(UInt8(ascii: ","))
            append(tensor.name, to: &text)
            let shape = tensor.shape.map { "\($0)" }.joined(separator: ",")
            text += ":{\"dtype\":\"\(tensor.dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}".utf8
        }
        text.append(UInt8(ascii: "}"))
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        let length = UInt64(text.count)
        let header = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
        // Check here what every reader would check.
        _ = try SafetensorsLayout.parse(header: header, fileSize: UInt64(header.count) + end)
        return header
    }

    private static func append(_ name: String, to text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        text.append(UInt8(ascii: "\""))
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}

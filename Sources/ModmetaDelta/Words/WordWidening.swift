import ModmetaFormats

/// Widens 8-bit and 4-bit numbers to 16-bit words that are ordered like 16-bit floats.
///
/// See docs/formats/delta.md, "Narrow numbers". The loops vectorise.
enum WordWidening {
    /// Widens all numbers; `words` must have room for them.
    static func widen(_ bytes: UnsafeRawBufferPointer, _ element: ElementKind, into words: UnsafeMutablePointer<UInt16>)
    {
        switch element {
        case .integer8:
            for index in 0..<bytes.count {
                let value = UInt16(truncatingIfNeeded: Int8(bitPattern: bytes[index]))
                words[index] = value ^ ((0 &- (value &>> 15)) & 0x7FFF)
            }
        case .packed4:
            for index in 0..<bytes.count {
                words[2 &* index] = UInt16(bytes[index] & 15)
                words[2 &* index &+ 1] = UInt16(bytes[index] &>> 4)
            }
        case .packedFloat4:
            for index in 0..<bytes.count {
                let byte = UInt16(bytes[index])
                words[2 &* index] = byte & 7 | (byte & 8) &<< 12
                words[2 &* index &+ 1] = byte &>> 4 & 7 | (byte & 0x80) &<< 8
            }
        default:
            for index in 0..<bytes.count {
                let byte = UInt16(bytes[index])
                words[index] = byte & 0x7F | (byte & 0x80) &<< 8
            }
        }
    }

    /// Undoes `widen`; drops bits of words that `widen` cannot have made.
    static func narrow(
        _ words: UnsafePointer<UInt16>, _ element: ElementKind, into bytes: UnsafeMutableRawBufferPointer
    ) {
        switch element {
        case .integer8:
            for index in 0..<bytes.count {
                bytes[index] = UInt8(truncatingIfNeeded: words[index] ^ (0 &- (words[index] &>> 15)))
            }
        case .packed4:
            for index in 0..<bytes.count {
                bytes[index] = UInt8(
                    truncatingIfNeeded: words[2 &* index] & 15 | (words[2 &* index &+ 1] & 15) &<< 4)
            }
        case .packedFloat4:
            for index in 0..<bytes.count {
                let (low, high) = (words[2 &* index], words[2 &* index &+ 1])
                bytes[index] = UInt8(
                    truncatingIfNeeded: low & 7 | (low &>> 12) & 8 | (high & 7) &<< 4 | (high &>> 8) & 0x80)
            }
        default:
            for index in 0..<bytes.count {
                bytes[index] = UInt8(truncatingIfNeeded: words[index] & 0x7F | (words[index] &>> 8) & 0x80)
            }
        }
    }
}
